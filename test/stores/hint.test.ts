import { beforeEach, describe, expect, test, vi } from "vitest";
import type { FleetRequest, OwnRequest } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";
import { hintBy, type HintCarrier, hintFrom } from "../../src/stores/hint.ts";
import { memoryStore } from "../../src/stores/memory-store.ts";
import { upstashStore } from "../../src/upstash.ts";
import { redisStore } from "../../src/redis.ts";
import { fleetPolicy } from "./fleet-policy.ts";

const policy = {
  ...fleetPolicy,
  threshold: 4,
};
const ask = (own: OwnRequest): FleetRequest => ({ ...policy, ...own });
const look = ask({ type: "lease", token: 1, leaseMs: 11_000, isAlone: false });
const read = ask({ type: "read" });
const open = ask({ type: "open", isForced: false });
const close = ask({ type: "close", isForced: false });
const alarm = ask({ type: "report", reporter: 1, sequence: 1, run: 1, seen: -1 });

let now: number;
let kept: Map<string, string>;
let carrier: HintCarrier;
let store: Store;
let asked: string[];

beforeEach(() => {
  now = 1_000_000;
  kept = new Map();
  carrier = {
    get: (key) => Promise.resolve(kept.get(key)),
    set: (key, value) => Promise.resolve(kept.set(key, value)),
  };
  const inner = memoryStore(() => now);
  asked = [];
  store = {
    step(circuit, request) {
      asked.push(request.type);
      return inner.step(circuit, request);
    },
  };
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** An isolate that has just started, and what it hears when it looks. */
function isolate(by = carrier): Store {
  return hintBy(by, "test", () => now)(store);
}

describe("an isolate that starts", () => {
  test("is told by the one that looked before it, for a second", async () => {
    const first = await isolate().step("a", look);
    for (const passMs of [0, 300, 250]) {
      now += passMs;
      expect(await isolate().step("a", look)).toEqual(first);
    }
    expect(asked).toEqual(["lease"]);
    now += 500;
    await isolate().step("a", look);
    expect(asked).toEqual(["lease", "lease"]);
  });

  test("is told of its own circuit only", async () => {
    await isolate().step("a", look);
    await isolate().step("b", look);
    expect(asked).toHaveLength(2);
  });

  test("asks itself while the fleet is open or half-open", async () => {
    for (const [command, state] of [
      [open, "open"],
      [ask({ type: "half-open" }), "half-open"],
      [close, "closed"],
    ] as const) {
      await isolate().step("a", command);
      asked.length = 0;
      const replies = [await isolate().step("a", look), await isolate().step("a", read)];
      expect(replies.map((reply) => reply.state)).toEqual([state, state]);
      // After a command to close all is well again, and one word is enough.
      expect(asked).toHaveLength(command === close ? 0 : 2);
    }
  });

  test("hears of an alarm at once, or next", async () => {
    await isolate().step("a", look);
    await isolate().step("a", alarm);
    await isolate().step("a", look);
    await settled();
    asked.length = 0;
    expect((await isolate().step("a", look)).isSuspect).toBe(true);
    expect(asked).toEqual(["lease"]);
  });

  test("is given a trial only by the store", async () => {
    await isolate().step("a", ask({ type: "half-open" }));
    const replies = await Promise.all(
      [1, 2, 3].map((token) => isolate().step("a", { ...look, token } as never)),
    );
    expect(replies.filter(({ isGranted }) => isGranted)).toHaveLength(2);
  });
});

test("what an isolate asks after that it asks the store, and the others hear of it", async () => {
  const first = isolate();
  await first.step("a", look);
  for (const request of [read, alarm, look, read]) await first.step("a", request);
  expect(asked).toEqual(["lease", "read", "report", "lease", "read"]);
  expect((await isolate().step("a", look)).isSuspect).toBe(true);
  expect(asked).toHaveLength(6);
});

test("one of many asks all the same, so that samples never cease; what it hears of that is its own affair", async () => {
  await isolate().step("a", close);
  for (let reporter = 1; reporter <= 9; reporter++) {
    await isolate().step("a", { ...alarm, reporter, run: reporter === 1 ? 1 : 0 } as FleetRequest);
  }
  await isolate().step("a", look);
  await settled();
  asked.length = 0;
  expect(await isolate().step("a", { ...look, life: 640 })).toMatchObject({ isSuspect: true });
  expect(await isolate().step("a", look)).toMatchObject({ isSuspect: false });
  expect(asked).toEqual(["lease"]);
  await isolate().step("a", open);
  await isolate().step("a", { ...look, life: 640 });
  expect(await isolate().step("a", look)).toMatchObject({ state: "open" });
});

test("an opening is heard of at once where the hint is shared", async () => {
  await isolate().step("a", look);
  await isolate().step("a", open);
  expect((await isolate().step("a", look)).state).toBe("open");
});

test("of many who find a hint that grows old, one asks anew, and nobody waits", async () => {
  await isolate().step("a", look);
  now += 700;
  await isolate().step("a", look);
  await settled();
  for (let i = 0; i < 20; i++) await isolate().step("a", look);
  expect(asked).toEqual(["lease", "read"]);
  now += 700;
  await isolate().step("a", look);
  await settled();
  expect(asked).toEqual(["lease", "read", "read"]);
});

const word = async (): Promise<{ at: number; reply: object }> => {
  await isolate().step("a", look);
  asked.length = 0;
  return JSON.parse([...kept.values()][0]!) as { at: number; reply: object };
};

test.each([
  ["is older than a second", { at: -1001 }],
  ["comes from a clock that is ahead", { at: 1001 }],
  ["has no time", { at: NaN }],
  ["says that the circuit is open", { reply: { state: "open", waitMs: 1000 } }],
  ["says nothing that can be believed", { reply: { generation: -1 } }],
  ["grants a trial", { reply: { isGranted: true } }],
])("a word that %s is not heard", async (_which, { at = 0, reply = {} }: { at?: number; reply?: object }) => {
  const left = await word();
  kept.set([...kept.keys()][0]!, JSON.stringify({ at: left.at + at, reply: { ...left.reply, ...reply } }));
  await isolate().step("a", look);
  expect(asked).toEqual(["lease"]);
});

test.each([["garbage"], ["null"], ["{}"], ["1"], ["[]"], ['{"at":1}']])("nor is %s", async (text) => {
  await word();
  kept.set([...kept.keys()][0]!, text);
  await isolate().step("a", look);
  expect(asked).toEqual(["lease"]);
});

describe("a place that is", () => {
  test.each([
    ["down", { get: () => Promise.reject(new Error("down")), set: () => Promise.reject(new Error("down")) }],
    [
      "broken",
      {
        get() {
          throw new Error("broken");
        },
        set() {
          throw new Error("broken");
        },
      },
    ],
    ["silent", { get: () => new Promise<never>(() => {}), set: () => new Promise<never>(() => {}) }],
    ["of another kind", { get: () => Promise.resolve(7 as never), set: () => Promise.resolve() }],
  ])("%s costs a look, never a call", async (_how, place) => {
    for (let each = 1; each <= 3; each++) {
      expect((await isolate(place).step("a", look)).state).toBe("closed");
      expect(asked).toHaveLength(each);
    }
  });
});

test.each([
  [49, 0],
  [51, 1],
])("a word that takes %i ms to arrive costs its isolate %i looks", async (ms, looks) => {
  await word();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const slow: HintCarrier = {
    ...carrier,
    get: (key) => new Promise((resolve) => setTimeout(() => resolve(kept.get(key)), ms)),
  };
  const reply = isolate(slow).step("a", look);
  await vi.advanceTimersByTimeAsync(100);
  vi.useRealTimers();
  expect((await reply).state).toBe("closed");
  expect(asked).toHaveLength(looks);
});

test("what is left behind the answer is kept alive", async () => {
  const waiting: Promise<unknown>[] = [];
  await hintBy(carrier, "test", () => now)(store, (promise) => void waiting.push(promise)).step("a", look);
  expect(waiting).toHaveLength(1);
});

test("a store that fails fails: nothing is made up, and nothing left", async () => {
  store = { step: () => Promise.reject(new Error("no store")) };
  await expect(isolate().step("a", look)).rejects.toThrow("no store");
  expect(kept.size).toBe(0);
});

test("the keys are the app's own, and any name is a key", async () => {
  await hintBy(carrier, "shop", () => now)(store).step("a b/c", look);
  expect([...kept.keys()]).toEqual(["shop-hint:a%20b%2Fc"]);
});

test.each([
  ["get", () => hintFrom({} as never)],
  ["set", () => hintFrom({ get: () => undefined } as never)],
  ["prefix", () => hintFrom(carrier, { prefix: "a b" })],
  ["hint", () => upstashStore({ redis: { pipeline: () => ({}) as never }, hint: {} as never })],
  [
    "hint",
    () => redisStore({ eval: vi.fn<() => never>(), evalsha: vi.fn<() => never>() }, { hint: "x" as never }),
  ],
])("a bad %s is refused by name", (option, make) => {
  expect(make).toThrow(`"${option}"`);
});
