import { describe, expect, test, vi } from "vitest";
import type { FleetRequest } from "../../src/core/fleet-record.ts";
import { memoryStore, type Store } from "../../src/redis.ts";
import { guardStore, storeTimeoutMs } from "../../src/sharing/guarded-store.ts";

const read = { type: "read", windowMs: 1000, longestOpeningMs: 1000 } as FleetRequest;
const settle = { ...read, type: "settle", token: 1 } as FleetRequest;

function guarded(store: Store, settings: { budget?: number; storeTimeoutMs?: number } = {}) {
  let now = 0;
  const told: string[] = [];
  const guard = guardStore(store, {
    now: () => now,
    random: () => 0.5,
    storeTimeoutMs: 20,
    boundMs: 100,
    budget: 60,
    told: (failure) => told.push(failure),
    ...settings,
  });
  return { guard, told, advance: (ms: number) => (now += ms) };
}

function counted(store: Store): Store & { asked: string[] } {
  const asked: string[] = [];
  return { asked, step: (circuit, request) => (asked.push(circuit), store.step(circuit, request)) };
}

test("a record that cannot be read leaves the circuits of other names shared", async () => {
  const records = memoryStore(() => 0);
  const store = counted({
    step: (circuit, request) =>
      circuit === "newer"
        ? Promise.reject(Object.assign(new Error("newer"), { name: "NewerRecord" }))
        : records.step(circuit, request),
  });
  const { guard, advance } = guarded(store);
  const [newer, other] = [guard.for("newer"), guard.for("other")];
  expect(await newer.ask(read)).toBeUndefined();
  expect([newer.isLost(), newer.isDegraded()]).toEqual([true, true]);
  for (let i = 0; i < 5; i++) await newer.ask(read);
  expect(store.asked).toEqual(["newer"]);
  expect(await other.ask(read)).toMatchObject({ state: "closed" });
  expect([other.isLost(), other.isDegraded()]).toEqual([false, false]);
  advance(59_999);
  await newer.ask(read);
  expect(store.asked).toEqual(["newer", "other"]);
  advance(1);
  await newer.ask(read);
  expect(store.asked).toEqual(["newer", "other", "newer"]);
});

test("a store that has found something unreadable says so, and answers all the same", async () => {
  const records = memoryStore(() => 0);
  const { guard, told } = guarded({
    step: async (circuit, request) => ({ ...(await records.step(circuit, request)), isRepaired: true }),
  });
  const one = guard.for("one");
  expect(await one.ask(read)).toMatchObject({ state: "closed" });
  expect([told, one.isDegraded()]).toEqual([["UnreadableRecord"], false]);
});

describe("a store that is silent", () => {
  const silent: Store = { step: () => new Promise(() => {}) };

  test("has failed when two seconds are over", async () => {
    vi.useFakeTimers();
    const { guard, told } = guarded(silent, { storeTimeoutMs });
    const answer = guard.for("one").ask(read);
    await vi.advanceTimersByTimeAsync(1999);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([await answer, told]).toEqual([undefined, ["TimeoutError"]]);
    vi.useRealTimers();
  });

  test("is lost after one patience, where three wait for it", async () => {
    const { guard } = guarded(silent);
    const one = guard.for("one");
    await Promise.all([one.ask(read), one.ask(read), one.ask(read)]);
    expect(one.isLost()).toBe(true);
  });

  test("is not lost for one message that has no answer", async () => {
    const { guard } = guarded(silent);
    const one = guard.for("one");
    await one.ask(read);
    expect([one.isDegraded(), one.isLost()]).toEqual([true, false]);
  });
});

test("a store that fails is left alone after three errors: for 2 s, then for twice as long each time, 60 s at most", async () => {
  const store = counted({ step: () => Promise.reject(new Error("down")) });
  const { guard, advance } = guarded(store);
  const one = guard.for("one");
  for (let i = 0; i < 10; i++) await one.ask(read);
  expect(store.asked).toHaveLength(3);
  let asked = 3;
  for (const restMs of [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    advance(restMs - 1);
    await one.ask(read);
    expect(store.asked).toHaveLength(asked);
    advance(1);
    await one.ask(read);
    expect(store.asked).toHaveLength(++asked);
  }
});

test.each([
  [
    "ReplyError",
    "READONLY You can't write against a read only replica. script: secret",
    "ReplyError READONLY",
  ],
  ["Error", "OOM command not allowed when used memory > 'maxmemory'.", "Error OOM"],
  ["ReplyError", "NOAUTH Authentication required.", "ReplyError NOAUTH"],
  ["HTTP 401 WRONGPASS", "HTTP 401", "HTTP 401 WRONGPASS"],
  ["Error", "connect ECONNREFUSED 127.0.0.1:6379", "Error"],
  ["Error", "SECRET-TOKEN of somebody", "Error"],
])("Redis' own word for no is told: %s, %s", async (name, message, words) => {
  const { guard, told } = guarded({
    step: () => Promise.reject(Object.assign(new Error(message), { name })),
  });
  await guard.for("api").ask(read);
  expect(told).toEqual([words]);
});

test("of a store's error only the name is told, because messages quote addresses and passwords", async () => {
  const error = Object.assign(new Error("connect redis://user:password@host"), { name: "ReplyError" });
  const { guard, told } = guarded({ step: () => Promise.reject(error) });
  expect(await guard.for("one").ask(read)).toBeUndefined();
  expect(told).toEqual(["ReplyError"]);
});

test("a record that the store has repaired is told of", async () => {
  const inner = memoryStore(() => 0);
  const { guard, told } = guarded({
    step: async (circuit, request) => ({ ...(await inner.step(circuit, request)), isRepaired: true }),
  });
  expect(await guard.for("one").ask(read)).toMatchObject({ state: "closed" });
  expect(told).toEqual(["UnreadableRecord"]);
});

describe("the budget", () => {
  test("is all that is sent in a minute, and fills evenly", async () => {
    const store = counted(memoryStore(() => 0));
    const { guard, advance } = guarded(store, { budget: 6 });
    const one = guard.for("one");
    for (let i = 0; i < 100; i++) await one.ask(read);
    expect(store.asked).toHaveLength(6);
    advance(20_000);
    for (let i = 0; i < 100; i++) await one.ask(read);
    expect(store.asked).toHaveLength(8);
    expect(one.isDegraded()).toBe(false);
  });

  test("does not hold back what is owed to the fleet", async () => {
    const store = counted(memoryStore(() => 0));
    const { guard } = guarded(store, { budget: 1 });
    const one = guard.for("one");
    for (let i = 0; i < 3; i++) await one.ask(settle);
    expect(store.asked).toHaveLength(3);
    expect(await one.ask(read)).toBeUndefined();
  });
});
