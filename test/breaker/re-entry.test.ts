import { beforeEach, expect, test } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { consecutiveFailures, failureRate, opensWhen } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);

const circuit = () => circuits.get("steered")!;

/** A function that fails, in a circuit some function of which steers it. */
const failing = (options: object) =>
  protect(() => Promise.reject(new Error("down")), { name: "steered", ...options });

const places: Array<[string, (steer: () => void) => object]> = [
  ["its rule", (steer) => ({ opensOn: opensWhen(() => (steer(), false)) })],
  ["its back-off", (steer) => ({ failureThreshold: 1, resetBackoff: (ms: number) => (steer(), ms) })],
  ["isFailure", (steer) => ({ isFailure: () => (steer(), true) })],
  ["ignoreErrors", (steer) => ({ ignoreErrors: [() => (steer(), false)] })],
  ["a listener", (steer) => ({ on: ({ type }: { type: string }) => type === "call.failed" && steer() })],
];

test.each(places)("open({ forced }) inside %s holds", async (_, options) => {
  let steered = false;
  const steer = (): void => {
    if (!steered) circuit().open({ forced: true });
    steered = true;
  };
  await failing(options(steer))().catch(() => {});
  expect(steered).toBe(true);
  expect(circuit().snapshot()).toMatchObject({ state: "open", forced: true, inFlight: 0 });
});

test.each(places)("reset() inside %s leaves nothing behind", async (_, options) => {
  await failing(options(() => circuit().reset()))().catch(() => {});
  expect(circuit().snapshot().inFlight).toBe(0);
});

test.each(places)(
  "another rule by configure inside %s: calls go on, and the new rule holds",
  async (_, options) => {
    let steered = false;
    const run = failing(
      options(() => {
        if (steered) return;
        steered = true;
        circuit().configure({ opensOn: failureRate({ threshold: 1, minimumCalls: 2 }) });
      }),
    );
    for (let call = 0; call < 4; call++) await run().catch(() => {});
    expect(steered).toBe(true);
    expect(circuit().snapshot()).toMatchObject({ state: "open", inFlight: 0 });
    circuit().configure({ opensOn: consecutiveFailures(2) });
    circuit().close();
    await run().catch(() => {});
    expect(circuit().state).toBe("closed");
  },
);

test.each(places)("the same function called inside %s ends", async (_, options) => {
  let depth = 0;
  const run = failing(
    options(() => {
      if (depth++ < 3) void run().catch(() => {});
    }),
  );
  await run().catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  expect(circuit().snapshot().inFlight).toBe(0);
});
