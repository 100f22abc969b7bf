import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { anyOf, consecutiveFailures, failureRate, hungCalls, shedExcess } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";
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

test("with a quorum of one, what one isolate has seen opens the fleet", async () => {
  await fails(fleet.isolate({}, { quorum: 1 }), 3);
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

describe("failures in a row are counted together, whichever way they are asked for", () => {
  const rate = failureRate({ threshold: 1, window: "10s", minimumCalls: 100 });
  test.each([
    ["as a number", { failureThreshold: 9 }],
    ["as a rule", { opensOn: consecutiveFailures(9) }],
    ["as one rule of several", { opensOn: anyOf(rate, consecutiveFailures(9)) }],
    ["as one of several within several", { opensOn: anyOf(anyOf(consecutiveFailures(9), rate), rate) }],
  ])("%s", async (_how, options) => {
    const [one, other] = [fleet.isolate(options), fleet.isolate(options)];
    for (const each of [one, other]) await (await begin(each)).succeed();
    await fails(one, 5);
    await fails(other, 3);
    expect(await isOpen()).toBe(false);
    await fails(other, 1);
    expect(await isOpen()).toBe(true);
  });
});

test.each([
  [
    failureRate({ threshold: 0.5, window: 20 }),
    /by the rule failureRate\(20\); the fleet opens when 2 have opened by it\.\n/,
  ],
  [
    anyOf(consecutiveFailures(3), hungCalls({ duration: "5s" })),
    /by the rule anyOf\(.*\); the fleet opens when 3 have .* Failures in a row are counted together\.\n/,
  ],
])("that a rule is counted by each isolate for itself is said once", async (opensOn, words) => {
  const told = vi.mocked(console.warn);
  const sharing = { quorum: opensOn.kind.startsWith("anyOf") ? 3 : 2 };
  for (let each = 0; each < 3; each++) await begin(fleet.isolate({ opensOn }, sharing));
  expect(told.mock.calls).toEqual([[expect.stringMatching(words)]]);
});

test("nothing is said of failures in a row, or where nothing is shared", async () => {
  await begin(fleet.isolate({ opensOn: consecutiveFailures(5) }));
  await begin(fleet.isolate());
  await begin(new DrivenCircuit({ opensOn: failureRate({ threshold: 0.5, window: 21 }) }));
  expect(console.warn).not.toHaveBeenCalled();
});
