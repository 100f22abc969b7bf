import { expect, test } from "vitest";
import { usualFleet } from "./fleet.ts";
import { nearerPlaces } from "./hints.ts";
import { outage } from "./outage.ts";

const spans = { healthyMs: 20_000, outageMs: 60_000, aftermathMs: 5000 };

test.each([
  ["one call", 1, 650_000, 0.02],
  ["20 calls", 20, 75_000, 0.02],
])(
  "a hint 4 ms away, shared by 500, spares isolates of %s most of their looks, and the fleet opens as it did",
  async (_life, callsPerLife, mostCommands, mostDoomed) => {
    const nearer = nearerPlaces({ sharedBy: 500, latencyMs: 4 });
    const figures = await outage({ ...usualFleet, callsPerLife, nearer }, spans);
    expect(figures.healthyCalls).toBeGreaterThan(30_000);
    expect(figures.commandsPerMillion).toBeLessThan(mostCommands);
    expect(figures.doomed).toBeLessThan(mostDoomed);
  },
  120_000,
);
