import type { SharedStore } from "../../../src/breaker/shared-store.ts";
import type { KeptRecord } from "../../../src/store.ts";
import { equal, errorOf } from "./assert.ts";
import { type Api, type Check, type Equipment, Skipped, type Upstream } from "./check.ts";

type OpenStore = (api: Api, upstream: Upstream, equipment: Equipment) => SharedStore;

const stores: ReadonlyArray<readonly [string, OpenStore]> = [
  ["the memory of the process", (api) => api.shareStore(memoryOf(api), { maxWait: "2s" })],
  [
    "a store that compares and sets",
    (api) => {
      const store = api.compareAndSetStore({
        read: (key) => Promise.resolve(kept.get(key)),
        write(key, record, read) {
          if (kept.get(key)?.version !== read?.version) return Promise.resolve(false);
          kept.set(key, { record, ageMs: 0, version: {} });
          return Promise.resolve(true);
        },
      });
      return api.shareStore(store, { maxWait: "2s" });
    },
  ],
  [
    "a real Redis, through the interface of Upstash",
    (api, { database }) => {
      if ("missing" in database) throw new Skipped(database.missing);
      return api.upstashStore({ redis: upstashClient(database), maxWait: "2s" } as never);
    },
  ],
  [
    "a real Redis, over TCP",
    (api, { database }, { redis }) => {
      if ("missing" in database) throw new Skipped(database.missing);
      if (typeof redis !== "function") throw new Skipped(redis.missing);
      const client = {
        evalsha: (sha: string, keys: number, ...args: string[]) =>
          redis(["EVALSHA", sha, String(keys), ...args]),
        eval: (script: string, keys: number, ...args: string[]) =>
          redis(["EVAL", script, String(keys), ...args]),
      };
      return api.redisStore(client, { maxWait: "2s" });
    },
  ],
];

const kept = new Map<string, KeptRecord>();
const memories = new WeakMap<Api, ReturnType<Api["memoryStore"]>>();
function memoryOf(api: Api): ReturnType<Api["memoryStore"]> {
  const memory = memories.get(api) ?? api.memoryStore();
  memories.set(api, memory);
  return memory;
}

/** As much of `@upstash/redis` as the store uses. */
function upstashClient({ url, token }: { url: string; token: string }) {
  const send = async (commands: unknown[][]): Promise<unknown[]> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}/pipeline`, {
      method: "POST",
      headers,
      body: JSON.stringify(commands),
    });
    const replies = (await response.json()) as Array<{ result?: unknown; error?: string }>;
    return replies.map(({ result, error }) => {
      if (error !== undefined) throw new Error(error);
      return result;
    });
  };
  return {
    pipeline() {
      const commands: unknown[][] = [];
      const pipeline = {
        evalsha: (sha: string, keys: string[], args: string[]) => add("EVALSHA", sha, keys, args),
        eval: (script: string, keys: string[], args: string[]) => add("EVAL", script, keys, args),
        exec: () => send(commands),
      };
      function add(command: string, script: string, keys: string[], args: string[]): typeof pipeline {
        commands.push([command, script, keys.length, ...keys, ...args]);
        return pipeline;
      }
      return pipeline;
    },
  };
}

let serial = 0;
const run = Math.trunc(performance.timeOrigin + performance.now()).toString(36);

interface Isolate {
  readonly call: (fails?: boolean) => Promise<string>;
  readonly state: () => string | undefined;
}

/** What another process would be: no circuit, no identity, the same store. */
function newIsolate(api: Api, name: string, store: SharedStore): Isolate {
  api.resetCircuits();
  const call = api.protect(
    (fails = false) => (fails ? Promise.reject(new Error("down")) : Promise.resolve("fine")),
    { name, store, failureThreshold: 3, resetTimeout: "60s", halfOpenRetries: 1, timeout: "5s" },
  );
  return { call, state: () => api.circuits.get(name)?.state };
}

/** Asks until it is so: what is shared travels in the background. */
async function until(isSo: () => unknown, what: string): Promise<void> {
  const endMs = performance.now() + 5000;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`${what}: not within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const nameOf = (what: string): string => `${what} ${run} ${++serial}`;

async function failedOpen(api: Api, name: string, store: SharedStore): Promise<void> {
  for (let each = 0; each < 2; each++) {
    const { call } = newIsolate(api, name, store);
    for (let i = 0; i < 3; i++) {
      await errorOf(() => call(true), "a failure");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export const sharing: Check[] = stores.flatMap(([what, open]): Check[] => [
  {
    name: `what one isolate learned is known to the next, by ${what}`,
    async run(api, upstream, equipment) {
      const name = nameOf("learned");
      const store = open(api, upstream, equipment);
      await failedOpen(api, name, store);
      const { call, state } = newIsolate(api, name, store);
      await until(
        async () => (await call().catch((error: Error) => error.name)) === "CircuitOpenError",
        "the refusal",
      );
      equal(state(), "open", "the state");
    },
  },
  {
    name: `a command reaches every isolate, by ${what}`,
    async run(api, upstream, equipment) {
      const name = nameOf("commanded");
      const store = open(api, upstream, equipment);
      const first = newIsolate(api, name, store);
      await first.call();
      api.circuits.get(name)!.open({ forced: true });
      const answers = (): Promise<boolean> =>
        newIsolate(api, name, store)
          .call()
          .then(
            () => true,
            () => false,
          );
      await until(async () => !(await answers()), "held open for the next");
      api.circuits.get(name)!.reset();
      await until(answers, "closed for the one after");
    },
  },
  {
    name: `healthy calls are not in doubt, by ${what}`,
    async run(api, upstream, equipment) {
      const name = nameOf("healthy");
      const { call } = newIsolate(api, name, open(api, upstream, equipment));
      for (let i = 0; i < 20; i++) equal(await call(), "fine", "a call");
      const { degraded, state } = api.circuits.get(name)!.snapshot();
      equal([degraded ?? false, state], [false, "closed"], "what is known");
    },
  },
]);

sharing.push(
  {
    name: "a store that cannot be reached breaks no call, and is said to be lost",
    async run(api, { refusedUrl }) {
      const name = nameOf("lost");
      const redis = upstashClient({ url: refusedUrl, token: "none" });
      const { call } = newIsolate(api, name, api.upstashStore({ redis, maxWait: "500ms" } as never));
      for (let i = 0; i < 5; i++) equal(await call(), "fine", "a call");
      for (let i = 0; i < 3; i++) await errorOf(() => call(true), "a failure");
      await until(() => api.circuits.get(name)!.snapshot().degraded, "degraded");
      equal(api.circuits.get(name)!.state, "open", "by its own rule");
    },
  },
  {
    name: "a store that answers rubbish opens nothing",
    async run(api) {
      const name = nameOf("rubbish");
      const store = api.shareStore({ step: () => Promise.resolve({ state: "open" } as never) });
      const { call } = newIsolate(api, name, store);
      for (let i = 0; i < 5; i++) equal(await call(), "fine", "a call");
    },
  },
);
