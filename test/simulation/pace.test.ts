import { expect, test } from "vitest";
import { badNetwork } from "./bad-network.ts";
import { pace } from "./pace.ts";

/** Of 200 isolates 147 to 168 asked in the same tenth of a second when all did as an opening ended. */
test.each([
  ["a good network", {}],
  ["a network that loses, repeats and holds up", { network: badNetwork }],
])(
  "isolates that wait for a trial do not ask for it in one burst, and close no later: %s",
  async (_, settings) => {
    const { burst, asksPerOpening, p95ClosedMs } = await pace(settings);
    expect(burst).toBeGreaterThan(2);
    expect(burst).toBeLessThan(80);
    expect(asksPerOpening).toBeLessThan(4.5);
    expect(p95ClosedMs).toBeLessThan(2700);
  },
);
