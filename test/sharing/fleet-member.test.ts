import { trials } from "../../src/core/trials.ts";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type ProtegoEvent, circuits } from "../../src/index.ts";
import { shareStore } from "../../src/redis.ts";
import { monotonicClock } from "../../src/runtime/clock.ts";
import { resetCircuits } from "../../src/testing.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";
import { ScriptedStore, settled } from "./scripted-store.ts";

let store: ScriptedStore;
let driven: DrivenCircuit;

beforeEach(() => {
  resetCircuits();
  store = new ScriptedStore();
  driven = new DrivenCircuit({ store: shareStore(store), timeout: "10s" });
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(monotonicClock, "now").mockImplementation(() => driven.clock.now());
  return () => vi.restoreAllMocks();
});

/** The isolate has made its first look, and found all well. */
async function joined(reply = {}): Promise<void> {
  const first = driven.start();
  await settled();
  await store.last.answer(reply);
  await first.succeed();
}

async function failOnce(): Promise<void> {
  const call = driven.start();
  await settled();
  await call.fail();
  await settled();
}

const open = { state: "open", generation: 1, waitMs: 60_000, trips: 1 } as const;

describe("calls and the store", () => {
  test("an isolate's first call waits for one look, and for no second", async () => {
    const calls = [driven.start(), driven.start(), driven.start()];
    await settled();
    expect(store.types()).toEqual(["lease"]);
    expect(calls.map(({ isRunning }) => isRunning)).toEqual([false, false, false]);
    await store.last.answer();
    expect(calls.map(({ isRunning }) => isRunning)).toEqual([true, true, true]);
  });

  test("closed and known, a call waits for nothing and asks nothing", async () => {
    await joined();
    for (let i = 0; i < 100; i++) {
      const call = driven.start();
      await settled();
      expect(call.isRunning).toBe(true);
      await call.succeed();
    }
    expect(store.asked).toHaveLength(1);
  });

  test("a store that is silent holds a call for maxWait at most", async () => {
    driven = new DrivenCircuit({ store: shareStore(store, { maxWait: "5ms" }) });
    const call = driven.start();
    await settled();
    expect(call.isRunning).toBe(false);
    await expect.poll(() => call.isRunning).toBe(true);
  });

  test("a maxWait longer than any timer waits for the store until that has failed", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    driven = new DrivenCircuit({ store: shareStore(store, { maxWait: "600h" }) });
    const call = driven.start();
    await settled();
    expect(call.isRunning).toBe(false);
    for (const [, ms] of timers.mock.calls) expect(ms).toBeLessThanOrEqual(2000);
    timers.mockRestore();
    await store.last.answer();
    expect(call.isRunning).toBe(true);
  });

  test("a fleet that is open is open from the first call on", async () => {
    const call = driven.start();
    await settled();
    await store.last.answer(open);
    expect(call.isRunning).toBe(false);
    expect(driven.circuit.snapshot()).toMatchObject({ state: "open", shared: true, retryAfter: 60_000 });
  });

  test("while the circuit is open, its refused calls send nothing", async () => {
    await joined();
    await failOnce();
    await store.last.answer(open);
    const asked = store.asked.length;
    for (let i = 0; i < 100; i++) {
      const call = driven.start();
      await settled();
      expect(call.isRunning).toBe(false);
    }
    expect(store.asked).toHaveLength(asked);
  });

  test("after two replies later than maxWait, calls do not wait for the first look of a circuit", async () => {
    const far = shareStore(store, { maxWait: "20ms" });
    driven = new DrivenCircuit({ store: far });
    for (let late = 0; late < 2; late++) {
      const call = driven.start();
      await expect.poll(() => call.isRunning).toBe(true);
      driven.clock.advance("250ms");
      await store.last.answer();
      await call.succeed();
      // The second is a heartbeat.
      driven.clock.advance("11m");
    }
    const other = new DrivenCircuit({ store: far });
    const call = other.start();
    await settled();
    expect(call.isRunning).toBe(true);
    expect(store.last.request.type).toBe("read");
  });

  test("a call that is overdue makes the next one ask", async () => {
    await joined();
    for (let i = 0; i < 5; i++) {
      const call = driven.start();
      await settled();
      driven.clock.advance(50);
      await call.succeed();
    }
    const hung = driven.start();
    await settled();
    driven.clock.advance("1s");
    const next = driven.start();
    await settled();
    expect([hung.isRunning, next.isRunning]).toEqual([true, false]);
    expect(store.types().at(-1)).toBe("read");
    await store.last.answer(open);
    expect(next.isRunning).toBe(false);
    expect(driven.state).toBe("open");
  });

  test("a heartbeat looks in the background, and nobody waits", async () => {
    await joined();
    driven.clock.advance("10m");
    driven.clock.advance(1);
    const call = driven.start();
    await settled();
    expect(call.isRunning).toBe(true);
    expect(store.types()).toEqual(["lease", "read"]);
    await store.last.answer({ ...open, isForced: true });
    expect(driven.circuit.snapshot()).toMatchObject({ state: "open", forced: true });
  });
});

describe("evidence", () => {
  test("the first failure is an alarm; a good sample after it is told where others have bad ones, and then silence", async () => {
    await joined();
    await failOnce();
    expect(store.last.request).toMatchObject({ type: "report", run: 1 });
    await store.last.answer({ isSuspect: true });
    await driven.succeed();
    expect(store.last.request).toMatchObject({ type: "report", run: 0 });
    await store.last.answer();
    await driven.succeed(20);
    expect(store.types()).toEqual(["lease", "report", "report"]);
  });

  test("a failure now and then, of which nobody else has bad samples, is told by one request", async () => {
    await joined();
    await driven.succeed(900);
    await failOnce();
    await store.last.answer();
    await driven.succeed(2000);
    expect(store.types()).toEqual(["lease", "report"]);
  });

  test("where every tenth call fails few failures are told, but two in a row and an opening always", async () => {
    driven = new DrivenCircuit({ store: shareStore(store), timeout: "10s" });
    await joined();
    for (let each = 0; each < 100; each++) {
      await failOnce();
      if (store.last.request.type === "report") await store.last.answer();
      await driven.succeed(9);
      if (store.last.request.type === "report") await store.last.answer();
      driven.clock.advance("2s");
    }
    expect(store.asked.length).toBeLessThan(10);
    const before = store.asked.length;
    for (let each = 0; each < 3; each++) {
      await failOnce();
      await store.last.answer();
    }
    expect(store.asked.length).toBeGreaterThanOrEqual(before + 2);
    expect(store.last.request).toMatchObject({ type: "report", run: 3 });
  });

  test("a call is overdue after 150 ms at the earliest, and after one that came back it takes longer", async () => {
    await joined();
    await driven.succeed(5);
    const looks = async (waitMs: number): Promise<boolean> => {
      const before = store.asked.length;
      const overdue = driven.start();
      await settled();
      driven.clock.advance(waitMs);
      const next = driven.start();
      await settled();
      const hasLooked = store.asked.length > before;
      if (hasLooked) await store.last.answer();
      await overdue.succeed();
      await next.succeed();
      return hasLooked;
    };
    for (let each = 0; each < 5; each++) {
      const call = driven.start();
      await settled();
      driven.clock.advance(10);
      await call.succeed();
    }
    expect(await looks(160)).toBe(true);
    expect(await looks(300)).toBe(false);
    expect(await looks(400)).toBe(false);
  });

  describe("calls that start while the store is asked about a suspicion wait for its reply", () => {
    const isHeld = async (): Promise<boolean> => {
      const call = driven.start();
      await settled();
      return !call.isRunning;
    };

    beforeEach(async () => {
      await joined();
      await driven.succeed(20);
      const call = driven.start();
      await settled();
      driven.clock.advance(50);
      await call.succeed();
    });

    test("where a call is overdue: the one that asks, and those after it", async () => {
      driven.start();
      await settled();
      driven.clock.advance(160);
      expect(await isHeld()).toBe(true);
      expect(await isHeld()).toBe(true);
      expect(store.types()).toEqual(["lease", "read"]);
      await store.last.answer();
      expect(driven.running).toBe(3);
    });

    test("where a failure came as late as an overdue call", async () => {
      const late = driven.start();
      await settled();
      driven.clock.advance(500);
      await late.fail();
      expect(store.types()).toEqual(["lease", "report"]);
      expect(await isHeld()).toBe(true);
      await store.last.answer(open);
      expect(driven.running).toBe(0);
    });

    test("where it is the second failure in a row, but not where it is a first one", async () => {
      await failOnce();
      expect(await isHeld()).toBe(false);
      await store.last.answer();
      await failOnce();
      expect(store.last.request).toMatchObject({ type: "report", run: 2 });
      expect(await isHeld()).toBe(true);
    });

    test("no longer than calls wait for anything", async () => {
      await failOnce();
      await store.last.answer();
      await failOnce();
      driven.clock.advance(100);
      expect(await isHeld()).toBe(false);
    });

    test("but never where requests may not wait for one another", async () => {
      await failOnce();
      await store.last.answer();
      await failOnce();
      vi.stubGlobal("WebSocketPair", class {});
      expect(await isHeld()).toBe(false);
      vi.unstubAllGlobals();
    });
  });

  test("a second failure in a row is a bad sample", async () => {
    await joined();
    await failOnce();
    await store.last.answer();
    await failOnce();
    expect(store.last.request).toMatchObject({ type: "report", run: 2 });
  });

  test("who joins a fleet that is suspicious tells its first outcome", async () => {
    await joined({ isSuspect: true });
    expect(store.last.request).toMatchObject({ type: "report", run: 0 });
  });

  test("an opening elsewhere is learnt by the own first failure", async () => {
    await joined();
    await failOnce();
    await store.last.answer(open);
    expect(driven.state).toBe("open");
    expect(driven.start().isRunning).toBe(false);
  });

  test("failures while a report is on its way go out together with the next, once", async () => {
    await joined();
    const calls = [driven.start(), driven.start(), driven.start()];
    for (const call of calls) await call.fail();
    await settled();
    expect(store.types()).toEqual(["lease", "report"]);
    await store.last.answer();
    expect(store.last.request).toMatchObject({ type: "report", run: 3 });
    expect(store.types()).toEqual(["lease", "report", "report"]);
  });

  test("reports are numbered, and say which generation they saw", async () => {
    await joined({ generation: 4 });
    await failOnce();
    await store.last.answer({ generation: 4 });
    await failOnce();
    const [, first, second] = store.asked.map(({ request }) => request as { sequence: number; seen: number });
    expect(second!.sequence).toBeGreaterThan(first!.sequence);
    expect([first!.seen, second!.seen]).toEqual([4, 4]);
  });

  test("what is ignored says nothing", async () => {
    driven = new DrivenCircuit({ store: shareStore(store), ignoreErrors: [RangeError] });
    await joined();
    await driven.fail(5, new RangeError());
    expect(store.types()).toEqual(["lease"]);
  });

  test("an isolate that opens by itself says so at full weight, and protects itself without leave", async () => {
    await joined();
    for (let i = 0; i < 3; i++) {
      await failOnce();
      await store.last.answer();
    }
    expect(driven.state).toBe("open");
    expect(store.last.request).toMatchObject({ type: "report", run: 3 });
  });
});

describe("trials", () => {
  async function due(): Promise<void> {
    await joined();
    await failOnce();
    await store.last.answer(open);
    driven.clock.advance("60s");
  }

  test("only a call that could be a trial waits; without a lease it is refused", async () => {
    await due();
    const calls = [driven.start(), driven.start()];
    await settled();
    expect(store.types().at(-1)).toBe("lease");
    expect(store.asked).toHaveLength(3);
    await store.last.answer({ ...open, state: "half-open", waitMs: 5000 });
    expect(calls.map(({ isRunning }) => isRunning)).toEqual([false, false]);
    // Refused for a while without asking again.
    driven.start();
    await settled();
    expect(store.asked).toHaveLength(3);
  });

  test("a lease is one trial; its outcome settles it, and the fleet's word closes", async () => {
    await due();
    const trial = driven.start();
    await settled();
    await store.last.answer({ ...open, state: "half-open", isGranted: true });
    expect(trial.isRunning).toBe(true);
    expect(driven.start().isRunning).toBe(false);
    const { token } = store.asked[2]!.request as { token: number };
    await trial.succeed();
    expect(store.asked.find(({ request }) => request.type === "settle")!.request).toMatchObject({
      token,
      generation: 1,
      verdict: "success",
    });
    const settle = store.asked.find(({ request }) => request.type === "settle")!;
    await settle.answer({ generation: 2, state: "closed", trips: 1 });
    expect(driven.state).toBe("closed");
  });

  test("a lease that is granted too late is given back", async () => {
    await due();
    driven.start();
    await settled();
    driven.circuit.close();
    await settled();
    await store.asked[2]!.answer({ ...open, state: "half-open", isGranted: true });
    expect(store.last.request).toMatchObject({ type: "settle", verdict: "ignored" });
  });

  test("one lost answer makes nobody try on his own; a store that is lost does", async () => {
    await due();
    for (let error = 0; error < 3; error++) {
      driven.clock.advance("2s");
      const call = driven.start();
      await settled();
      expect(call.isRunning).toBe(false);
      await store.last.fail();
    }
    const own = driven.start();
    await settled();
    expect(own.isRunning).toBe(true);
    expect(driven.circuit.snapshot().degraded).toBe(true);
  });

  test("a lease whose answer never comes, because its request has ended, holds nobody for ever", async () => {
    await due();
    driven.start();
    await settled();
    driven.clock.advance("3s");
    driven.start();
    await settled();
    expect(store.asked).toHaveLength(4);
    expect(store.last.request.type).toBe("lease");
  });

  test.each([
    ["the trials of others have just begun", {}, 13_000, 490, 1510],
    ["they have run for eight seconds", {}, 5_000, 990, 3010],
    ["trials are paced", { halfOpenRetries: trials({ every: "30s" }) }, 30_000, 14_990, 45_010],
  ])("who is refused a place asks again after a pause: %s", async (_, options, waitMs, never, surely) => {
    driven = new DrivenCircuit({ store: shareStore(store, { maxWait: 1 }), timeout: "10s", ...options });
    const first = driven.start();
    await settled();
    await store.last.answer({ ...open, state: "half-open", waitMs: 0 });
    await expect(first.result).rejects.toThrow("half-open");
    const asks = async (): Promise<boolean> => {
      const asked = store.asked.length;
      driven.start();
      await settled();
      return store.asked.length > asked;
    };
    expect(await asks()).toBe(true);
    await store.last.answer({ ...open, state: "half-open", waitMs });
    driven.clock.advance(never);
    expect(await asks()).toBe(false);
    driven.clock.advance(surely - never);
    expect(await asks()).toBe(true);
  });

  describe("of an isolate that opened by itself", () => {
    const closedAndGranted = { isGranted: true };

    async function dueAlone(inMs = 0): Promise<void> {
      await joined();
      for (let i = 0; i < 3; i++) {
        await failOnce();
        await store.last.answer();
      }
      driven.clock.advance(60_000 - inMs);
    }

    test("wait for the fleet's leave, one place each, though the fleet is closed", async () => {
      await dueAlone();
      const first = driven.start();
      await settled();
      expect(store.last.request).toMatchObject({ type: "lease", isAlone: true });
      const meanwhile = driven.start();
      await settled();
      expect([first, meanwhile].map(({ isRunning }) => isRunning)).toEqual([false, false]);
      await store.last.answer(closedAndGranted);
      expect([first, meanwhile].map(({ isRunning }) => isRunning)).toEqual([true, false]);
      const second = driven.start();
      await settled();
      await store.last.answer(closedAndGranted);
      expect(second.isRunning).toBe(true);
      await first.succeed();
      await second.succeed();
      await settled();
      expect(driven.state).toBe("closed");
      // The first kept its place for a third, which nobody needs any more.
      const [one, other] = store.asked.filter(({ request }) => request.type === "settle");
      expect([one, other].map((each) => each?.request)).toMatchObject([
        { verdict: "success" },
        { verdict: "ignored" },
      ]);
      expect(one!.request).not.toMatchObject({ token: (other!.request as { token: number }).token });
    });

    test("follow one another in the same place, which goes back after the last", async () => {
      await dueAlone();
      const first = driven.start();
      await settled();
      const { token } = store.last.request as { token: number };
      await store.last.answer(closedAndGranted);
      await first.succeed();
      const asked = store.asked.length;
      const second = driven.start();
      await settled();
      expect([second.isRunning, store.asked.length]).toEqual([true, asked]);
      await second.succeed();
      expect(driven.state).toBe("closed");
      expect(store.last.request).toMatchObject({ type: "settle", token, verdict: "success" });
      expect(store.asked).toHaveLength(asked + 1);
    });

    test("find another place when they come, where the first was granted too long ago: it was asked for as the first succeeded", async () => {
      await dueAlone();
      const first = driven.start();
      await settled();
      await store.last.answer(closedAndGranted);
      driven.clock.advance("3s");
      await first.succeed();
      expect(store.last.request).toMatchObject({ type: "settle", verdict: "success" });
      await store.last.answer();
      expect(store.last.request).toMatchObject({ type: "lease", isAlone: true });
      await store.last.answer(closedAndGranted);
      const asked = store.asked.length;
      const second = driven.start();
      await settled();
      expect([second.isRunning, store.asked.length]).toEqual([true, asked]);
    });

    test("find their place when they come, where a call has asked for it just before the end of the opening", async () => {
      await dueAlone(300);
      const refused = driven.start();
      await settled();
      await expect(refused.result).rejects.toThrow("open");
      expect(store.last.request).toMatchObject({ type: "lease", isAlone: true, aheadMs: 300 });
      await store.last.answer(closedAndGranted);
      driven.clock.advance(299);
      await expect(driven.start().result).rejects.toThrow("open");
      driven.clock.advance(1);
      const asked = store.asked.length;
      const trial = driven.start();
      await settled();
      expect([trial.isRunning, store.asked.length]).toEqual([true, asked]);
    });

    test("ask no sooner than that: there are few places, and all are waiting for theirs", async () => {
      await dueAlone(301);
      const asked = store.asked.length;
      driven.start();
      await settled();
      expect(store.asked).toHaveLength(asked);
    });

    test("do not run while their leave is on its way, however many calls come and however late it is", async () => {
      await dueAlone();
      for (let call = 0; call < 5; call++) {
        driven.start();
        await settled();
        driven.clock.advance("300ms");
      }
      expect(driven.running).toBe(0);
      await store.last.answer(closedAndGranted);
      expect(driven.running).toBe(1);
    });

    test("are the fleet's where that has opened meanwhile", async () => {
      await dueAlone();
      driven.start();
      await settled();
      await store.last.answer({ ...open, state: "half-open", isGranted: true });
      expect(driven.running).toBe(1);
    });
  });

  describe("of an isolate that is far away", () => {
    /** It knows that the store is far, and that the fleet is open for so long. */
    async function toldFromAfar(waitMs: number): Promise<void> {
      driven = new DrivenCircuit({ store: shareStore(store, { maxWait: "5ms" }), timeout: "10s" });
      const first = driven.start();
      await expect.poll(() => first.isRunning).toBe(true);
      driven.clock.advance("250ms");
      await store.last.answer();
      await first.succeed();
      await failOnce();
      driven.clock.advance("250ms");
      await store.last.answer({ ...open, waitMs });
    }

    test("are asked for before the opening ends: the grant is there for the first call after it, and for none before", async () => {
      await toldFromAfar(10_000);
      driven.clock.advance(8500);
      await expect(driven.start().result).rejects.toThrow("open");
      expect(store.last.request).toMatchObject({ type: "lease", isAlone: false, aheadMs: 1500 });
      // As long as the call may take, and the grant be on its way, and the opening lasts.
      expect(store.last.request).toMatchObject({ leaseMs: 11_000 + 2000 + 1500 });
      driven.clock.advance(250);
      await store.last.answer({ ...open, waitMs: 1375, isGranted: true });
      driven.clock.advance(1000);
      await expect(driven.start().result).rejects.toThrow("open");
      driven.clock.advance(1000);
      const asked = store.asked.length;
      const trial = driven.start();
      await settled();
      expect([trial.isRunning, store.asked.length]).toEqual([true, asked]);
    });

    test("go back where no call came within 2 s of the end", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      await store.last?.answer();
      driven = new DrivenCircuit({ store: shareStore(store, { maxWait: "5ms" }), timeout: "10s" });
      for (let late = 0; late < 2; late++) {
        driven.start();
        await vi.advanceTimersByTimeAsync(5);
        driven.clock.advance("11m");
        await store.last.answer(late === 0 ? {} : { ...open, waitMs: 1000 });
      }
      driven.start();
      await settled();
      expect(store.last.request).toMatchObject({ type: "lease", aheadMs: 1000 });
      await store.last.answer({ ...open, waitMs: 1000, isGranted: true });
      await vi.advanceTimersByTimeAsync(2999);
      expect(store.types().at(-1)).toBe("lease");
      await vi.advanceTimersByTimeAsync(1);
      expect(store.last.request).toMatchObject({ type: "settle", verdict: "ignored" });
      vi.useRealTimers();
    });

    test("are not asked for sooner than 2 s before the end", async () => {
      await toldFromAfar(10_000);
      const asked = store.asked.length;
      driven.clock.advance(7999);
      driven.start();
      await settled();
      expect(store.asked).toHaveLength(asked);
    });

    test("are not asked for while somebody holds it open", async () => {
      await toldFromAfar(10_000);
      driven.circuit.open({ forced: true });
      await settled();
      await store.last.answer({ ...open, generation: 2, isForced: true });
      driven.clock.advance(9000);
      driven.start();
      await settled();
      expect(store.types()).toEqual(["lease", "report", "open"]);
    });
  });

  describe("whose grant comes late", () => {
    test("a first call that went out unheard is the trial: what came of it settles the grant", async () => {
      driven = new DrivenCircuit({ store: shareStore(store, { maxWait: "5ms" }), timeout: "10s" });
      const call = driven.start();
      await expect.poll(() => call.isRunning).toBe(true);
      driven.clock.advance("250ms");
      await call.succeed();
      await store.asked[0]!.answer({ ...open, state: "half-open", isGranted: true });
      expect(store.last.request).toMatchObject({ type: "settle", verdict: "success", generation: 1 });
      // It took part, and now it knows: the next call asks.
      driven.clock.advance("2s");
      driven.start();
      await settled();
      expect(store.last.request.type).toBe("lease");
    });

    test("or what will come of it, where it is still under way", async () => {
      driven = new DrivenCircuit({ store: shareStore(store, { maxWait: "5ms" }), timeout: "10s" });
      const call = driven.start();
      await expect.poll(() => call.isRunning).toBe(true);
      driven.clock.advance("250ms");
      await store.asked[0]!.answer({ ...open, state: "half-open", isGranted: true });
      expect(store.types()).toEqual(["lease"]);
      await call.fail();
      await settled();
      expect(store.last.request).toMatchObject({ type: "settle", verdict: "failure", generation: 1 });
    });

    test("goes back at once where there is no such call", async () => {
      driven = new DrivenCircuit({
        store: shareStore(store, { maxWait: "5ms" }),
        timeout: "10s",
        ignoreErrors: [RangeError],
      });
      const call = driven.start();
      await expect.poll(() => call.isRunning).toBe(true);
      driven.clock.advance("250ms");
      await call.fail(new RangeError());
      await store.asked[0]!.answer({ ...open, state: "half-open", isGranted: true });
      expect(store.last.request).toMatchObject({ type: "settle", verdict: "ignored", generation: 1 });
    });

    test("of a call that was refused: a place that no call uses within 2 s goes back", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      driven = new DrivenCircuit({ store: shareStore(store, { maxWait: 1 }) });
      const first = driven.start();
      await settled();
      await store.last.answer({ ...open, waitMs: 1000 });
      await expect(first.result).rejects.toThrow("open");
      driven.clock.advance("2s");
      const refused = driven.start();
      await vi.advanceTimersByTimeAsync(1);
      await expect(refused.result).rejects.toThrow("half-open");
      await store.last.answer({ ...open, state: "half-open", waitMs: 0, isGranted: true });
      await vi.advanceTimersByTimeAsync(1999);
      expect(store.last.request.type).toBe("lease");
      await vi.advanceTimersByTimeAsync(1);
      expect(store.last.request).toMatchObject({ type: "settle", verdict: "ignored" });
      vi.useRealTimers();
    });

    test("what a first call saw is told as a sample when the fleet turns out to be suspicious", async () => {
      driven = new DrivenCircuit({ store: shareStore(store, { maxWait: "5ms" }), timeout: "10s" });
      const call = driven.start();
      await expect.poll(() => call.isRunning).toBe(true);
      driven.clock.advance("250ms");
      await call.fail();
      await settled();
      const alarm = store.last;
      expect(alarm.request).toMatchObject({ type: "report", run: 1 });
      await store.asked[0]!.answer({ isSuspect: true });
      await alarm.answer({ isSuspect: true });
      expect(store.last.request).toMatchObject({ type: "report", run: 2 });
    });

    test("a place that is asked for again after silence is the same place", async () => {
      await due();
      driven.start();
      await settled();
      const first = store.last;
      driven.clock.advance("600ms");
      driven.start();
      await settled();
      const again = store.last;
      expect(again.request).toMatchObject({
        type: "lease",
        token: (first.request as { token: number }).token,
      });
      await again.answer({ ...open, state: "half-open", isGranted: true });
      await first.answer({ ...open, state: "half-open", isGranted: true });
      expect(driven.running).toBe(1);
      expect(store.types()).not.toContain("settle");
    });
  });

  test("a trial that succeeds closes nothing here: only the fleet's word does, though one is enough", async () => {
    driven = new DrivenCircuit({ store: shareStore(store), timeout: "10s", halfOpenRetries: 1 });
    await due();
    const trial = driven.start();
    await settled();
    await store.last.answer({ ...open, state: "half-open", isGranted: true });
    await trial.succeed();
    expect(driven.state).toBe("half-open");
    // A settlement that is lost is sent again, once.
    await store.last.fail();
    expect(store.types().slice(-2)).toEqual(["settle", "settle"]);
    await store.last.answer({ generation: 2 });
    expect(driven.state).toBe("closed");
  });

  test("a store that hangs holds them up for one patience, not for three", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await due();
    for (let call = 0; call < 4; call++) {
      driven.start();
      driven.clock.advance("510ms");
      await vi.advanceTimersByTimeAsync(510);
    }
    driven.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(driven.running).toBe(1);
    vi.useRealTimers();
  });
});

describe("nothing goes back", () => {
  async function knowsOpen(): Promise<void> {
    await joined();
    await failOnce();
    await store.last.answer({ ...open, generation: 7 });
  }

  test("an older generation is not heard", async () => {
    await knowsOpen();
    driven.clock.advance("11m");
    driven.circuit.subscribe(() => {});
    const call = driven.start();
    await settled();
    await store.last.answer({ generation: 6 });
    expect(call.isRunning).toBe(false);
    expect(driven.state).not.toBe("closed");
  });

  test("a store that lost its last writes is believed when it says so three times", async () => {
    await knowsOpen();
    driven.clock.advance("11m");
    for (let answer = 0; answer < 3; answer++) {
      driven.start();
      await settled();
      await store.last.answer({ generation: 6 });
      driven.clock.advance("2s");
    }
    expect(driven.state).toBe("closed");
  });

  test("an answer that a later one has overtaken is not heard", async () => {
    await joined();
    driven.clock.advance("11m");
    driven.start();
    await settled();
    const early = store.last;
    driven.circuit.open();
    await settled();
    await store.last.answer({ ...open, generation: 3 });
    await early.answer({ generation: 3 });
    expect(driven.state).toBe("open");
  });
});

async function passes(): Promise<boolean> {
  const call = driven.start();
  await settled();
  const { isRunning } = call;
  if (isRunning) await call.succeed();
  return isRunning;
}

test("an answer that a later one has overtaken is heard where it brings another generation", async () => {
  await joined();
  driven.clock.advance("11m");
  await passes();
  const look = store.last;
  await failOnce();
  expect([look.request.type, store.last.request.type]).toEqual(["read", "report"]);
  await store.last.answer();
  // The store has carried them out the other way round.
  await look.answer({ ...open, generation: 2 });
  expect(driven.state).toBe("open");
});

describe("commands", () => {
  test.each([
    ["open", { type: "open", isForced: false }],
    ["close", { type: "close", isForced: false }],
    ["halfOpen", { type: "half-open" }],
    ["reset", { type: "close", isForced: false }],
  ] as const)("%s acts on the fleet", async (command, request) => {
    await joined();
    driven.circuit[command]();
    await settled();
    expect(store.last.request).toMatchObject(request);
  });

  test("force goes along, and is taken over", async () => {
    await joined();
    driven.circuit.open({ forced: true });
    await settled();
    expect(store.last.request).toMatchObject({ type: "open", isForced: true });
    await failOnce();
    await store.last.answer({ ...open, isForced: true, waitMs: 1e8 });
    expect(driven.circuit.snapshot().forced).toBe(true);
  });

  test("a forced opening is asked about again, and ends when the fleet says so", async () => {
    const first = driven.start();
    await settled();
    await store.last.answer({ ...open, isForced: true, waitMs: 1e8 });
    expect(first.isRunning).toBe(false);
    driven.clock.advance("11s");
    driven.start();
    await settled();
    await store.last.answer({ generation: 2 });
    expect(driven.circuit.snapshot()).toMatchObject({ state: "closed", forced: false });
  });

  test("a hold of a closed circuit that ends is taken over, ends by itself, and may be made longer", async () => {
    await joined();
    driven.circuit.close({ for: "10m" });
    await settled();
    expect(store.last.request).toMatchObject({ type: "close", isForced: true, forMs: 600_000 });
    await store.last.answer({ generation: 1, isForced: true, waitMs: 600_000 });
    expect(driven.circuit.snapshot()).toMatchObject({ state: "closed", forced: true, heldMs: 600_000 });
    driven.clock.advance("9m");
    await failOnce();
    // Somebody else has held it anew.
    await store.last.answer({ generation: 2, isForced: true, waitMs: 120_000 });
    expect(driven.circuit.snapshot()).toMatchObject({ forced: true, heldMs: 120_000 });
    driven.clock.advance("2m");
    expect(driven.circuit.snapshot()).toMatchObject({ state: "closed", forced: false });
  });

  test("an isolate that comes later holds it for what is left", async () => {
    await joined({ generation: 4, isForced: true, waitMs: 30_000 });
    expect(driven.circuit.snapshot()).toMatchObject({ state: "closed", forced: true, heldMs: 30_000 });
    driven.clock.advance("30s");
    expect(driven.circuit.snapshot()).toMatchObject({ state: "closed", forced: false });
  });

  /** Another call starts, and is running: it was let through. */
  describe("are obeyed here by the very next call, whatever is still on its way", () => {
    test("close, while the fleet has not heard of it", async () => {
      await joined();
      await failOnce();
      await store.last.answer({ ...open, waitMs: 1000 });
      driven.clock.advance("2s");
      const waiting = driven.start();
      await settled();
      const before = store.last;
      expect(before.request.type).toBe("lease");
      driven.circuit.close();
      await settled();
      const command = store.last;
      expect(await passes()).toBe(true);
      // Asked before the command, answered after it.
      await before.answer({ ...open, state: "half-open", waitMs: 0, isGranted: true });
      expect(store.last.request).toMatchObject({ type: "settle", verdict: "ignored" });
      await waiting.succeed();
      expect([driven.state, await passes()]).toEqual(["closed", true]);
      // Asked after it, and at the store before it.
      await failOnce();
      await failOnce();
      expect(store.last.request.type).toBe("report");
      await store.last.answer({ ...open, waitMs: 60_000 });
      expect([driven.state, await passes()]).toEqual(["closed", true]);
      await command.answer({ generation: 2 });
      expect([driven.state, await passes()]).toEqual(["closed", true]);
    });

    test.each([false, true])("open, while the fleet has not heard of it (forced: %s)", async (forced) => {
      await joined();
      await failOnce();
      const before = store.last;
      driven.circuit.open({ forced });
      await settled();
      const command = store.last;
      await before.answer();
      expect([driven.state, await passes()]).toEqual(["open", false]);
      await command.answer({ ...open, isForced: forced, waitMs: 60_000 });
      expect([driven.state, await passes()]).toEqual(["open", false]);
    });

    test("of two the later, though the answer to the first comes in between", async () => {
      await joined();
      driven.circuit.open();
      await settled();
      const first = store.last;
      driven.circuit.close();
      await settled();
      await first.answer(open);
      expect([driven.state, await passes()]).toEqual(["closed", true]);
    });

    test("each is sent at once with the generation that is known; of several only the last is sent anew", async () => {
      await joined({ generation: 4 });
      const asked = store.asked.length;
      driven.circuit.open();
      driven.circuit.close();
      driven.circuit.open({ for: "7m" });
      await settled();
      const sent = store.asked.slice(asked);
      expect(sent.map(({ request }) => request)).toMatchObject([
        { type: "open", seen: 4 },
        { type: "close", seen: 4 },
        { type: "open", seen: 4 },
      ]);
      await sent[0]!.answer({ ...open, generation: 5 });
      await sent[1]!.answer({ ...open, generation: 5, isGranted: false });
      await sent[2]!.answer({ ...open, generation: 5, isGranted: false });
      expect(store.types().slice(asked)).toEqual(["open", "close", "open", "open"]);
      expect(store.last.request).toMatchObject({ type: "open", seen: 5 });
      expect(store.last.request.openMs[0]).toBe(420_000);
      await store.last.answer({ ...open, generation: 6, waitMs: 420_000 });
      expect(store.types().slice(asked)).toHaveLength(4);
      expect([driven.state, await passes()]).toEqual(["open", false]);
    });

    test("an isolate that knows of no generation says that it has seen none", async () => {
      driven.start();
      driven.circuit.open();
      await settled();
      expect(store.last.request).toMatchObject({ type: "open", seen: 0 });
    });

    test("a command that is not carried out is sent anew three times, also where a later answer has come before", async () => {
      await joined();
      const asked = store.asked.length;
      driven.circuit.close();
      await settled();
      for (let generation = 1; generation <= 4; generation++) {
        await store.last.answer({ generation, isGranted: false });
      }
      expect(store.types().slice(asked)).toEqual(["close", "close", "close", "close"]);
    });

    test("a command that its sender no longer waits for is not sent anew", async () => {
      await joined();
      const asked = store.asked.length;
      driven.circuit.close();
      await settled();
      driven.clock.advance("2s");
      await store.last.answer({ ...open, generation: 1, isGranted: false });
      expect(store.types().slice(asked)).toEqual(["close"]);
      expect(driven.state).toBe("open");
    });

    test("the fleet's word counts again when the store has not answered", async () => {
      await joined();
      driven.circuit.close();
      await settled();
      await store.last.fail();
      expect(await passes()).toBe(true);
      expect(store.last.request.type).toBe("read");
      await store.last.answer(open);
      expect(driven.state).toBe("open");
    });

    test("a place that it held for a trial goes back", async () => {
      driven = new DrivenCircuit({ store: shareStore(store, { maxWait: 1 }) });
      const first = driven.start();
      await settled();
      await store.last.answer({ ...open, waitMs: 1000 });
      await expect(first.result).rejects.toThrow("open");
      driven.clock.advance("2s");
      const refused = driven.start();
      await settled();
      await expect(refused.result).rejects.toThrow("half-open");
      await store.last.answer({ ...open, state: "half-open", waitMs: 0, isGranted: true });
      driven.circuit.close();
      await settled();
      expect(store.types().slice(-2).toSorted()).toEqual(["close", "settle"]);
    });
  });

  test("configure stays here", async () => {
    await joined();
    driven.circuit.configure({ failureThreshold: 9 });
    await settled();
    expect(store.types()).toEqual(["lease"]);
  });
});

test("a store that fails is told of by events and snapshots, until it answers", async () => {
  const events: ProtegoEvent["type"][] = [];
  circuits.subscribe(({ type }) => type.startsWith("store.") && events.push(type));
  circuits.subscribe(() => JSON.parse("{") as void);
  const first = driven.start();
  await settled();
  await store.last.fail();
  expect(first.isRunning).toBe(true);
  expect(driven.circuit.snapshot().degraded).toBe(true);
  await first.fail();
  await settled();
  await store.last.answer();
  expect(driven.circuit.snapshot().degraded).toBe(false);
  expect(events).toEqual(["store.failed", "store.recovered"]);
});

test("an isolate that slept for an hour knows again after its first call", async () => {
  await joined();
  driven.clock.advance("1h");
  const call = driven.start();
  await settled();
  await store.last.answer(open);
  expect(driven.state).toBe("open");
  await call.fail();
  expect(driven.start().isRunning).toBe(false);
});
