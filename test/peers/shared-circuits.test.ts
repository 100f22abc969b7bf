import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CircuitOpenError } from "../../src/index.ts";
import { memoryStore } from "../../src/redis.ts";
import { resetCircuits } from "../../src/testing.ts";
import { begin, everythingSent, failTwice, SmallFleet } from "./small-fleet.ts";

let fleet: SmallFleet;
beforeEach(() => {
  resetCircuits();
  fleet = new SmallFleet();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe("what a fleet agrees on", () => {
  test("one isolate that cannot reach the upstream stops nobody but itself", async () => {
    const [cutOff, fine] = [fleet.isolate(), fleet.isolate()];
    await (await begin(fine)).succeed();
    for (let i = 0; i < 10; i++) await (await begin(cutOff)).fail();
    expect(cutOff.state).toBe("open");
    expect((await begin(fine)).isRunning).toBe(true);
    expect((await begin(fleet.isolate())).isRunning).toBe(true);
  });

  test("who joins an open fleet learns what remains of the wait, and prolongs nothing", async () => {
    await fleet.open();
    fleet.clock.advance("40s");
    for (const remaining of [20_000, 10_000]) {
      const late = await begin(fleet.isolate());
      const error = (await late.result.catch((reason: unknown) => reason)) as CircuitOpenError;
      expect(error).toMatchObject({ reason: "open", retryAfter: remaining });
      fleet.clock.advance("10s");
    }
    expect((await begin(fleet.isolate())).isRunning).toBe(true);
  });

  test("a store that has lost everything leaves no circuit dead, and can open again", async () => {
    await fleet.open();
    fleet.store = memoryStore(() => fleet.clock.now());
    const [first, second, third] = [fleet.isolate(), fleet.isolate(), fleet.isolate()];
    await (await begin(third)).succeed();
    await failTwice(first);
    await failTwice(second);
    expect((await begin(fleet.isolate())).isRunning).toBe(false);
  });

  test("what two isolates tell at the same moment both counts", async () => {
    const isolates = [fleet.isolate(), fleet.isolate()];
    for (let round = 0; round < 2; round++) {
      const calls = await Promise.all(isolates.map(begin));
      await Promise.all(calls.map((call) => call.fail()));
      await everythingSent();
    }
    expect(isolates.map(({ state }) => state)).toContain("open");
    expect((await begin(fleet.isolate())).isRunning).toBe(false);
  });

  test("a success from before the fleet opened closes it for nobody", async () => {
    const slow = fleet.isolate();
    const call = await begin(slow);
    await fleet.open();
    await call.succeed();
    await everythingSent();
    expect((await begin(fleet.isolate())).isRunning).toBe(false);
  });

  test("an opening whose witnesses are all gone still ends by a trial of somebody new", async () => {
    await fleet.open({ halfOpenRetries: 1 });
    resetCircuits();
    fleet.clock.advance("60s");
    const trial = await begin(fleet.isolate({ halfOpenRetries: 1 }));
    expect(trial.isRunning).toBe(true);
    await trial.succeed();
    await everythingSent();
    const later = [fleet.isolate(), fleet.isolate(), fleet.isolate()];
    const calls = await Promise.all(later.map(begin));
    expect(calls.every(({ isRunning }) => isRunning)).toBe(true);
  });
});

describe("trials of a fleet", () => {
  test("of many isolates that come due together, as many try as one alone would", async () => {
    await fleet.open();
    fleet.clock.advance("60s");
    const isolates = Array.from({ length: 20 }, () => fleet.isolate());
    const calls = await Promise.all(isolates.map(begin));
    expect(calls.filter(({ isRunning }) => isRunning)).toHaveLength(2);
  });

  test("a trial that is never heard of again loses its place on time, however often others ask", async () => {
    const one = { halfOpenRetries: 1 };
    await fleet.open(one);
    fleet.clock.advance("60s");
    expect((await begin(fleet.isolate(one))).isRunning).toBe(true);
    let waited = 0;
    while (waited < 60 && !(await begin(fleet.isolate(one))).isRunning) {
      fleet.clock.advance("1s");
      waited++;
    }
    // The call's timeout, a second, and the longest that a grant can be on its way.
    expect(waited).toBe(13);
  });

  test("who ends a trial gives back its own place, not another's", async () => {
    await fleet.open();
    fleet.clock.advance("60s");
    const [first, second] = [await begin(fleet.isolate()), await begin(fleet.isolate())];
    await first.succeed();
    await everythingSent();
    expect((await begin(fleet.isolate())).isRunning).toBe(false);
    // Had the other's end taken the second's place, nobody would hear of this.
    await second.fail();
    await everythingSent();
    const after = (await (
      await begin(fleet.isolate())
    ).result.catch((reason: unknown) => reason)) as CircuitOpenError;
    expect(after.reason).toBe("open");
  });

  test.each(["succeed", "fail"] as const)(
    "a trial that has outlived its place decides nothing any more: %s",
    async (end) => {
      const one = { halfOpenRetries: 1 };
      await fleet.open(one);
      fleet.clock.advance("60s");
      const outlived = await begin(fleet.isolate(one));
      fleet.clock.advance("13s");
      const trial = await begin(fleet.isolate(one));
      expect(trial.isRunning).toBe(true);
      await outlived[end]();
      await everythingSent();
      // Still half-open, its one place taken.
      expect((await begin(fleet.isolate(one))).isRunning).toBe(false);
      await trial.succeed();
      await everythingSent();
      expect((await begin(fleet.isolate(one))).isRunning).toBe(true);
    },
  );
});

describe("a fleet without its store", () => {
  const silent = () => new Promise<never>(() => {});
  const broken = () => Promise.reject(new Error("no store"));

  test.each([
    ["is broken", broken],
    ["never answers", silent],
  ])("a store that %s costs no call its answer", async (_what, step) => {
    fleet.store = { step };
    const isolate = fleet.isolate({}, { maxWait: 1 });
    const calls = [isolate.start(), isolate.start()];
    await vi.waitUntil(() => calls.every(({ isRunning }) => isRunning), 10_000);
    const own = new Error("of the upstream");
    await calls[0]!.succeed("fine");
    await calls[1]!.fail(own);
    await expect(calls[0]!.result).resolves.toBe("fine");
    await expect(calls[1]!.result).rejects.toBe(own);
  });

  test("each isolate goes on protecting itself, and recovers by itself", async () => {
    fleet.store = { step: broken };
    const alone = fleet.isolate();
    for (let i = 0; i < 3; i++) await (await begin(alone)).fail();
    expect(alone.state).toBe("open");
    expect((await begin(alone)).isRunning).toBe(false);
    fleet.clock.advance("60s");
    for (let i = 0; i < 2; i++) await (await begin(alone)).succeed();
    expect(alone.state).toBe("closed");
    expect(alone.circuit.snapshot()).toMatchObject({ shared: true, degraded: true });
  });
});
