import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { consecutiveFailures, failureRate, hungCalls, shedExcess } from "../../src/options.ts";
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

async function fails(isolate: DrivenCircuit, times: number): Promise<void> {
  for (let each = 0; each < times; each++) {
    await (await begin(isolate)).fail();
    await everythingSent();
  }
}

const isOpen = async (): Promise<boolean> => !(await begin(fleet.isolate())).isRunning;

test.each([
  ["a share of many calls", failureRate({ threshold: 0.9, window: "10s", minimumCalls: 100 }), 20],
  ["more in a row", consecutiveFailures(9), 8],
  ["nothing at all", shedExcess(), 20],
])("a fleet whose rule is %s does not open by failures in a row", async (_rule, opensOn, failures) => {
  for (let each = 0; each < 4; each++) await fails(fleet.isolate({ opensOn }), failures);
  expect(await isOpen()).toBe(false);
});

test("it opens when a quorum of isolates has opened by the rule, and not before", async () => {
  const opensOn = failureRate({ threshold: 0.9, window: "10s", minimumCalls: 10 });
  const [one, other] = [fleet.isolate({ opensOn }), fleet.isolate({ opensOn })];
  await fails(one, 10);
  expect(one.state).toBe("open");
  expect(await isOpen()).toBe(false);
  await fails(other, 9);
  expect(await isOpen()).toBe(false);
  await fails(other, 1);
  expect(await isOpen()).toBe(true);
});

test("an opening by calls that hang is told, though none of them has come back", async () => {
  const opensOn = hungCalls({ duration: "5s" });
  const isolates = [fleet.isolate({ opensOn }), fleet.isolate({ opensOn })];
  for (const isolate of isolates) for (let call = 0; call < 10; call++) await begin(isolate);
  fleet.clock.advance("6s");
  for (const isolate of isolates) {
    await begin(isolate);
    expect(isolate.state).toBe("open");
    await begin(isolate);
    await everythingSent();
  }
  expect(await isOpen()).toBe(true);
});
