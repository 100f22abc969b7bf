import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { protect } from "../../src/index.ts";
import { trials, type TrialsOptions } from "../../src/options.ts";
import { shareStore } from "../../src/redis.ts";
import { resetCircuits } from "../../src/testing.ts";
import type { DrivenCircuit, PendingCall } from "../peers/driven-circuit.ts";
import { begin, everythingSent, SmallFleet } from "../peers/small-fleet.ts";
import { ScriptedStore, settled } from "./scripted-store.ts";

let fleet: SmallFleet;
beforeEach(() => {
  resetCircuits();
  fleet = new SmallFleet();
  for (const method of ["warn", "log", "info"] as const)
    vi.spyOn(console, method).mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

/** Isolates of an open fleet whose time for trials has come. */
async function halfOpen(options: TrialsOptions, size = 3): Promise<DrivenCircuit[]> {
  const given = { halfOpenRetries: trials(options), ignoreErrors: [RangeError] };
  const isolates = Array.from({ length: size }, () => fleet.isolate(given));
  for (const isolate of isolates) await (await begin(isolate)).succeed();
  isolates[0]!.circuit.open();
  await everythingSent();
  for (const isolate of isolates.slice(1)) {
    // It hears of it with its first failure.
    await (await begin(isolate)).fail();
    await everythingSent();
    expect(isolate.state).toBe("open");
  }
  fleet.clock.advance("60s");
  return isolates;
}

/** A trial of each, one after the other: good, bad, ignored. The state that a newcomer finds after each. */
async function after(isolates: readonly DrivenCircuit[], outcomes: string): Promise<string[]> {
  const states: string[] = [];
  for (const [index, outcome] of outcomes.split("").entries()) {
    fleet.clock.advance("2s");
    const call = await begin(isolates[index % isolates.length]!);
    expect(call.isRunning).toBe(true);
    await ends(call, outcome);
    states.push(await stateOfFleet());
  }
  return states;
}

async function ends(call: PendingCall, outcome: string): Promise<void> {
  if (outcome === "g") await call.succeed();
  else await call.fail(outcome === "b" ? new Error("down") : new RangeError("no matter"));
  await everythingSent();
}

async function stateOfFleet(): Promise<string> {
  const request = {
    type: "read",
    life: 1,
    windowMs: 1,
    longestOpeningMs: 1e9,
    openMs: [60_000],
    everyMs: 0,
    stayMs: 0,
  };
  return (await fleet.store.step("the circuit", request as never)).state;
}

describe("how many must succeed, and how many may fail, whoever makes them", () => {
  test.each([
    [{ successes: 3 }, "ggg", "closed"],
    [{ successes: 3 }, "ggb", "open"],
    [{ successes: 1 }, "g", "closed"],
    [{ successes: 4, tolerate: 0.2 }, "bgggg", "closed"],
    [{ successes: 4, tolerate: 0.2 }, "gbgb", "open"],
    [{ successes: 2, tolerate: 0.5 }, "bbgg", "closed"],
    [{ successes: 4, tolerate: 0.2 }, "iibiggigg", "closed"],
  ] as const)("%j: %s ends %s", async (options, outcomes, end) => {
    const isolates = await halfOpen(options);
    const states = await after(isolates, outcomes);
    expect(states.at(-1)).toBe(end);
    expect(states.slice(0, -1).every((state) => state === "half-open")).toBe(true);
  });
});

test.each([
  [{ successes: 5, concurrent: 1 }, 1],
  [{ successes: 5, concurrent: 2 }, 2],
  [{ successes: 2 }, 2],
])("%j lets %i run at a time in the whole fleet", async (options, running) => {
  const isolates = await halfOpen(options, 4);
  const calls: PendingCall[] = [];
  for (const isolate of isolates) calls.push(await begin(isolate));
  expect(calls.filter(({ isRunning }) => isRunning)).toHaveLength(running);
});

test.each([
  ["2s", "closed"],
  ["2001ms", "open"],
] as const)("a trial that takes %s, where 2 s are allowed, leaves the fleet %s", async (took, state) => {
  const [isolate] = await halfOpen({ successes: 1, slow: "2s" });
  const call = await begin(isolate!);
  fleet.clock.advance(took);
  await call.succeed();
  await everythingSent();
  expect(await stateOfFleet()).toBe(state);
});

test("trials of the fleet begin one by one", async () => {
  const isolates = await halfOpen({ successes: 5, every: "30s" });
  expect((await begin(isolates[0]!)).isRunning).toBe(true);
  fleet.clock.advance("20s");
  expect((await begin(isolates[1]!)).isRunning).toBe(false);
  fleet.clock.advance("10s");
  expect((await begin(isolates[2]!)).isRunning).toBe(true);
});

describe("the longest stay", () => {
  test("begins with the first trial, and ends with an opening as long as the last", async () => {
    const [one, other] = await halfOpen({ successes: 3, longest: "5m" });
    fleet.clock.advance("10m");
    await ends(await begin(one!), "g");
    fleet.clock.advance(5 * 60_000 - 1);
    await ends(await begin(other!), "g");
    fleet.clock.advance(1);
    expect((await begin(other!)).isRunning).toBe(false);
    expect(other!.circuit.snapshot()).toMatchObject({ state: "open", retryAfter: 60_000, openings: 1 });
    fleet.clock.advance("60s");
    expect(await after([one!, other!], "gg")).toEqual(["half-open", "half-open"]);
  });

  test("holds for an isolate that opened by itself, too", async () => {
    const lone = fleet.isolate({ halfOpenRetries: trials({ successes: 3, longest: "5m" }) });
    await (await begin(lone)).succeed();
    for (let each = 0; each < 3; each++) await ends(await begin(lone), "b");
    expect([lone.state, await stateOfFleet()]).toEqual(["open", "closed"]);
    fleet.clock.advance("60s");
    await ends(await begin(lone), "g");
    expect(lone.state).toBe("half-open");
    fleet.clock.advance("5m");
    expect((await begin(lone)).isRunning).toBe(false);
    expect(lone.circuit.snapshot()).toMatchObject({ state: "open", retryAfter: 60_000 });
  });
});

describe("a place is held for as long as the call may take that asks", () => {
  const open = { state: "open", generation: 1, waitMs: 1, trips: 1 } as const;
  const halfOpenReply = { ...open, state: "half-open", waitMs: 0 } as const;

  test("whatever the timeout of another wrapper of the circuit", async () => {
    const store = new ScriptedStore();
    const options = { name: "two wrappers", clock: fleet.clock, store: shareStore(store) };
    const work = (): Promise<never> => new Promise<never>(() => {});
    const long = protect(work, { ...options, timeout: "30s" });
    const short = protect(work, { ...options, timeout: "1s" });
    for (const call of [long, short]) void call().catch(() => {});
    await settled();
    await store.last.answer(open);
    fleet.clock.advance("10s");
    for (const [call, leaseMs] of [
      [long, 33_000],
      [short, 4000],
    ] as const) {
      void call().catch(() => {});
      await settled();
      expect(store.last.request).toMatchObject({ type: "lease", leaseMs });
      await store.last.answer({ ...halfOpenReply, waitMs: 500 });
      fleet.clock.advance("10s");
    }
  });

  test("so a grant for a short call is for none that may take longer", async () => {
    const store = new ScriptedStore();
    const options = { name: "short and long", clock: fleet.clock, store: shareStore(store, { maxWait: 1 }) };
    const made: string[] = [];
    const make = (which: string, timeout: "30s" | "1s") =>
      protect(() => (made.push(which), new Promise<never>(() => {})), { ...options, timeout });
    const [long, short] = [make("long", "30s"), make("short", "1s")];
    const call = async (which: () => Promise<never>): Promise<void> => {
      void which().catch(() => {});
      await settled();
    };
    await call(short);
    await store.last.answer(open);
    fleet.clock.advance("10s");
    // It waits for no longer than a moment, so the grant is for the next call.
    const refused = short();
    await expect(refused).rejects.toThrow("half-open");
    await store.last.answer({ ...halfOpenReply, isGranted: true });
    await call(long);
    expect(made).toEqual([]);
    await call(short);
    expect(made).toEqual(["short"]);
  });
});
