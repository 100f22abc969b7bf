import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ramp } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";
import type { DrivenCircuit } from "../peers/driven-circuit.ts";
import { begin, everythingSent, SmallFleet } from "../peers/small-fleet.ts";

let fleet: SmallFleet;
beforeEach(() => {
  resetCircuits();
  fleet = new SmallFleet();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

/** The fleet has opened, and its trials have closed it just now. */
async function recovered(options: object): Promise<DrivenCircuit[]> {
  const isolates = await fleet.open(options);
  // The second has reported last, so it knows.
  expect(isolates[1]!.state).toBe("open");
  fleet.clock.advance("60s");
  for (let trial = 0; trial < 2; trial++) {
    fleet.clock.advance("2s");
    const call = await begin(isolates[1]!);
    expect(call.isRunning).toBe(true);
    await call.succeed();
    await everythingSent();
  }
  expect(isolates[1]!.state).toBe("closed");
  return isolates;
}

async function admitted(isolate: DrivenCircuit): Promise<number> {
  const calls = Array.from({ length: 400 }, () => isolate.start());
  await everythingSent();
  return calls.filter(({ isRunning }) => isRunning).length;
}

test("an isolate that starts while its fleet recovers lets the same growing share through as the others", async () => {
  const [, one] = await recovered({ ramp: ramp("100s") });
  const newcomer = fleet.isolate({ ramp: ramp("100s") });
  for (const isolate of [one!, newcomer]) {
    const early = await admitted(isolate);
    expect(early).toBeGreaterThan(5);
    expect(early).toBeLessThan(120);
  }
  fleet.clock.advance("50s");
  for (const isolate of [one!, newcomer, fleet.isolate({ ramp: ramp("100s") })]) {
    const later = await admitted(isolate);
    expect(later).toBeGreaterThan(140);
    expect(later).toBeLessThan(320);
  }
  fleet.clock.advance("50s");
  for (const isolate of [newcomer, fleet.isolate({ ramp: ramp("100s") })]) {
    expect(await admitted(isolate)).toBe(400);
  }
});

test("without a ramp a newcomer lets all through, and one that starts in a fleet that never opened as well", async () => {
  expect(await admitted(fleet.isolate({ ramp: ramp("100s") }))).toBe(400);
  fleet = new SmallFleet();
  await recovered({});
  expect(await admitted(fleet.isolate())).toBe(400);
});
