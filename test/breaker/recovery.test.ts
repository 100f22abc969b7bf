import { afterEach, describe, expect, test, vi } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { ramp, restoreFrom } from "../../src/options.ts";
import { forceState, resetCircuits, testClock } from "../../src/testing.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";

afterEach(resetCircuits);

describe("ramp", () => {
  test("admits a tenth at first and all in the end, by the dice", () => {
    const rule = ramp("100s");
    expect(rule.isShed(0, 0.09)).toBe(false);
    expect(rule.isShed(0, 0.11)).toBe(true);
    expect(rule.isShed(50_000, 0.54)).toBe(false);
    expect(rule.isShed(50_000, 0.56)).toBe(true);
    expect(rule.isShed(100_000, 0.999)).toBe(false);
  });

  test("does not slow down a circuit that never opened", async () => {
    const driven = new DrivenCircuit({ ramp: ramp("100s") });
    for (let i = 0; i < 50; i++) await driven.succeed();
    expect(driven.circuit.snapshot().totals).toMatchObject({ succeeded: 50, refused: 0 });
  });

  test.each([["soon"], [-1], [undefined], [null]])("%j is refused", (over) => {
    expect(() => ramp(over as never)).toThrow(/"ramp"/);
  });
});

describe("restoreFrom", () => {
  async function restored(change: (snapshot: Record<string, unknown>) => unknown = (same) => same) {
    const driven = new DrivenCircuit();
    await driven.fail(3);
    driven.clock.advance("20s");
    const saved = JSON.parse(JSON.stringify(circuits.snapshot())) as Array<Record<string, unknown>>;
    resetCircuits();
    const initial = restoreFrom(saved.map(change) as never);
    const call = vi.fn<() => Promise<number>>(() => Promise.resolve(1));
    const clock = testClock();
    const copies = Array.from({ length: 10 }, () => protect(call, { name: driven.name, clock, initial }));
    await copies[0]!().catch(() => {});
    return { circuit: circuits.get(driven.name)!, clock, call, name: driven.name };
  }

  test("keeps the wait that remains", async () => {
    const { circuit } = await restored();
    expect(circuit.state).toBe("open");
    expect(circuit.snapshot().retryAfter).toBeGreaterThan(35_000);
    expect(circuit.snapshot().retryAfter).toBeLessThanOrEqual(40_000);
  });

  test("takes the time between saving and restoring into account", async () => {
    const { circuit } = await restored((snapshot) => ({
      ...snapshot,
      at: (snapshot["at"] as number) - 39_000,
    }));
    expect(circuit.snapshot().retryAfter).toBeLessThanOrEqual(1000);
  });

  test("lets not every copy of a half-open snapshot send its trials", async () => {
    const waits = new Set<number>();
    for (let copy = 0; copy < 10; copy++) {
      const { circuit, call } = await restored((snapshot) => ({ ...snapshot, state: "half-open" }));
      expect(call).not.toHaveBeenCalled();
      waits.add(circuit.snapshot().retryAfter);
      resetCircuits();
    }
    expect(waits.size).toBeGreaterThan(5);
  });

  test.each([
    ["null", null],
    ["a number", 7],
    ["of another circuit", { name: "other", state: "open", retryAfter: 1e6, at: Date.now() }],
  ])("passes over what is no snapshot of it: %s", async (_what, instead) => {
    const { call } = await restored(() => instead);
    expect(call).toHaveBeenCalledTimes(1);
  });

  test.each([["forever"], [NaN], [-5], [Infinity], [1e300]])(
    "a remaining time of %j holds nobody for ever",
    async (retryAfter) => {
      const { circuit, clock } = await restored((snapshot) => ({ ...snapshot, retryAfter }));
      clock.advance("25h");
      expect(circuit.state).not.toBe("open");
    },
  );

  test("needs an array", () => {
    expect(() => restoreFrom({} as never)).toThrow(/"initial"/);
  });
});

describe("the testing entry", () => {
  test("forceState holds a state until another command", async () => {
    const run = protect(() => Promise.reject(new Error("down")), { name: "forced" });
    forceState("forced", "closed");
    for (let i = 0; i < 9; i++) await run().catch(() => {});
    expect(circuits.get("forced")!.state).toBe("closed");
    expect(forceState("forced", "open").state).toBe("open");
    expect(forceState("forced", "half-open").state).toBe("half-open");
    expect(() => forceState("forced", "ajar" as never)).toThrow(/"state"/);
  });

  test("resetCircuits forgets circuits and listeners, and wrappers go on", async () => {
    const heard: string[] = [];
    circuits.subscribe(({ type }) => heard.push(type));
    const run = protect(() => Promise.resolve(1), { name: "reset" });
    await run();
    resetCircuits();
    expect(circuits.list()).toEqual([]);
    const before = heard.length;
    await run();
    expect(heard).toHaveLength(before);
    expect(circuits.get("reset")!.snapshot().totals.succeeded).toBe(1);
  });

  test.each([["soon"], [-1], [NaN], [undefined]])("a test clock refuses %j", (by) => {
    expect(() => testClock().advance(by as never)).toThrow(/"advance"/);
  });
});

test("ignored errors are added and removed later: the array is looked at anew", async () => {
  const ignoreErrors: Array<new () => Error> = [];
  const driven = new DrivenCircuit({ ignoreErrors });
  await driven.fail(2, new RangeError());
  ignoreErrors.push(RangeError);
  await driven.fail(5, new RangeError());
  expect(driven.circuit.snapshot().totals).toMatchObject({ failed: 2, ignored: 5 });
  ignoreErrors.pop();
  await driven.fail(1, new RangeError());
  expect(driven.state).toBe("open");
});
