import { beforeEach, describe, expect, test } from "vitest";
import type { FleetReply } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";
import { circuits, protect } from "../../src/index.ts";
import { shareStore } from "../../src/store.ts";
import { resetCircuits } from "../../src/testing.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";
import { ScriptedStore, settled } from "./scripted-store.ts";

/** A store that speaks when the test does. */
class SpeakingStore extends ScriptedStore {
  readonly hearers: Parameters<NonNullable<Store["watch"]>>[0][] = [];

  watch(hear: Parameters<NonNullable<Store["watch"]>>[0]): Promise<void> {
    this.hearers.push(hear);
    return Promise.resolve();
  }

  say(circuit: string, reply: Partial<FleetReply>): Promise<void> {
    for (const hear of this.hearers) hear(circuit, { ...news, ...reply });
    return settled();
  }
}

const news: FleetReply = {
  life: 1,
  generation: 1,
  state: "open",
  waitMs: 60_000,
  trips: 1,
  isGranted: false,
  isSuspect: false,
  isForced: false,
  isRepaired: false,
};

let store: SpeakingStore;
let driven: DrivenCircuit;

beforeEach(async () => {
  resetCircuits();
  store = new SpeakingStore();
  driven = new DrivenCircuit({ store: shareStore(store), timeout: "10s" });
  const first = driven.start();
  await settled();
  await store.last.answer();
  await first.succeed();
});

test("an opening and a closing are followed at once, and nothing is asked", async () => {
  await store.say(driven.name, {});
  expect(driven.state).toBe("open");
  await expect(driven.start().result).rejects.toThrow("open");
  await store.say(driven.name, { generation: 2, state: "closed", waitMs: 0, closedMs: 0 });
  await driven.succeed();
  expect([driven.state, store.asked.length]).toEqual(["closed", 1]);
});

test("what is held by a command is held", async () => {
  await store.say(driven.name, { isForced: true });
  expect(driven.circuit.snapshot()).toMatchObject({ state: "open", forced: true });
});

describe("what changes nothing", () => {
  test("an older word, however often", async () => {
    await store.say(driven.name, { generation: 5, state: "closed", waitMs: 0 });
    for (let i = 0; i < 5; i++) await store.say(driven.name, { generation: 4 });
    expect(driven.state).toBe("closed");
  });

  test("the same word again: an opening is not made longer", async () => {
    await store.say(driven.name, {});
    driven.clock.advance("59s");
    await store.say(driven.name, {});
    driven.clock.advance("1s");
    expect(driven.state).toBe("half-open");
  });

  test.each<[string, Partial<FleetReply>]>([
    ["a grant of nobody's", { state: "half-open", waitMs: 0, isGranted: true }],
    ["a part that is none", { waitMs: Number.NaN }],
    ["a record that is not there", { life: 0 }],
  ])("%s", async (_, reply) => {
    await store.say(driven.name, reply);
    expect([driven.state, store.asked.length]).toEqual(["closed", 1]);
  });

  test("word of a circuit that is not here, or of another store's", async () => {
    await store.say("another", {});
    const elsewhere = new SpeakingStore();
    void protect(() => Promise.resolve(1), {
      name: "elsewhere",
      store: shareStore(elsewhere),
      quiet: true,
    })();
    expect(elsewhere.hearers.length).toBe(1);
    await elsewhere.say(driven.name, {});
    expect(driven.state).toBe("closed");
  });

  test("word that has not heard of the command that was given here", async () => {
    driven.circuit.close();
    await settled();
    await store.say(driven.name, {});
    expect(driven.state).toBe("closed");
    await store.last.answer({ ...news, generation: 2, state: "closed", waitMs: 0, isGranted: true });
    await store.say(driven.name, { generation: 3 });
    expect(driven.state).toBe("open");
  });
});

test("no opening lasts longer than this isolate's own rules allow", async () => {
  await store.say(driven.name, { waitMs: 1e12 });
  expect(driven.circuit.snapshot().retryAfter).toBeLessThanOrEqual(600_000);
});

test("a store is listened to once, from the first circuit on, and each circuit hears of itself", async () => {
  const shared = shareStore(store);
  expect(store.hearers.length).toBe(1);
  for (const name of ["one", "two"]) {
    const call = protect(() => Promise.resolve(1), { name, store: shared, quiet: true })();
    await settled();
    await store.last.answer();
    await call;
  }
  expect(store.hearers.length).toBe(2);
  await store.say("one", {});
  expect([circuits.get("one")!.state, circuits.get("two")!.state]).toEqual(["open", "closed"]);
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new TypeError("of the user's");
    },
  ],
  ["returns nothing", () => undefined],
  ["is rejected", () => Promise.reject(new TypeError("of the user's"))],
  ["never settles", () => new Promise(() => {})],
])("a watch of the user's own that %s breaks no call", async (_, watch) => {
  resetCircuits();
  const silent = Object.assign(new ScriptedStore(), { watch: watch as NonNullable<Store["watch"]> });
  const run = protect(() => Promise.resolve("fine"), { name: "watched", store: shareStore(silent) });
  const first = run();
  await settled();
  await silent.last.answer();
  expect(await first).toBe("fine");
  expect(await run()).toBe("fine");
  expect(circuits.get("watched")!.snapshot()).toMatchObject({ inFlight: 0, totals: { succeeded: 2 } });
});
