import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { protect } from "../../src/index.ts";
import { redisPush, redisStore } from "../../src/redis.ts";
import { resetCircuits } from "../../src/testing.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import type { Answer, Order } from "./pushed-isolate.ts";

const hasRedis = needsRedis();
let server: RunningRedis;
beforeAll(async () => {
  if (hasRedis) server = await startRedis();
});
afterAll(() => server?.stop());

let children: ChildProcess[] = [];
beforeEach(() => server.send("FLUSHALL"));
afterEach(() => {
  for (const child of children) child.disconnect();
  children = [];
});

type Kind = "ioredis" | "node-redis";

/** An isolate that has made one call that went well. */
async function isolate(kind: Kind, push: "both" | "publish" | "none" = "both") {
  const program = fileURLToPath(new URL("pushed-isolate.ts", import.meta.url));
  const child = fork(program, [kind, String(server.port), push], { stdio: "inherit" });
  children.push(child);
  const tell = async (order: Order): Promise<Answer> => {
    const answered = once(child, "message");
    child.send(order);
    return (await answered)[0] as Answer;
  };
  const { requests } = await tell("succeed");
  expect(requests).toBe(1);
  return {
    tell,
    async fails(times: number) {
      for (let i = 0; i < times; i++) {
        // oxlint-disable-next-line no-await-in-loop
        await tell("fail");
      }
    },
    async becomes(state: string) {
      await expect.poll(async () => (await tell("look")).state).toBe(state);
    },
  };
}

const subscribers = async (): Promise<number> => {
  const [, count] = (await server.send("PUBSUB", "NUMSUB", "pushed-changes")) as [unknown, number];
  return Number(count);
};

async function published(): Promise<number> {
  const stats = ((await server.send("INFO", "commandstats")) as Buffer).toString();
  return Number(/cmdstat_publish:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

describe.each<[Kind]>([["ioredis"], ["node-redis"]])("over %s", (kind) => {
  test("an opening in one process is refused in another, which has asked the store nothing", async () => {
    const [one, other, third] = await Promise.all([isolate(kind), isolate(kind), isolate(kind)]);
    await expect.poll(subscribers).toBe(3);
    const before = await published();
    await one.fails(4);
    await other.fails(2);
    await third.becomes("open");
    expect(await third.tell("succeed")).toEqual({ state: "open", isRefused: true, requests: 1 });
    // One command for a change, none for what changes nothing.
    expect((await published()) - before).toBe(1);
  });

  test("a command by hand arrives at once, wherever it is given", async () => {
    const [one, other] = await Promise.all([isolate(kind, "publish"), isolate(kind)]);
    await expect.poll(subscribers).toBe(1);
    await one.tell("open");
    await other.becomes("open");
    await one.tell("close");
    await other.becomes("closed");
    expect(await other.tell("succeed")).toEqual({ state: "closed", isRefused: false, requests: 1 });
  });

  test("a subscriber that was killed is back by itself; what it has missed comes with the next answer", async () => {
    const [one, other] = await Promise.all([isolate(kind), isolate(kind)]);
    await expect.poll(subscribers).toBe(2);
    await server.send("CLIENT", "KILL", "TYPE", "pubsub");
    await server.send("EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", 1, "pushed:{shop}", missed);
    expect((await other.tell("look")).state).toBe("closed");
    await other.tell("fail");
    await other.becomes("open");
    await expect.poll(subscribers).toBe(2);
    await one.tell("close");
    await other.becomes("closed");
  });

  test("without the option nothing is published, and nobody subscribes", async () => {
    const [one, other] = await Promise.all([isolate(kind, "none"), isolate(kind, "none")]);
    const before = await published();
    await one.tell("open");
    expect((await other.tell("look")).state).toBe("closed");
    expect((await published()) - before).toBe(0);
    // Those of the test before leave in their own time.
    await vi.waitFor(async () => expect(await subscribers()).toBe(0));
  });
});

/** Held open by somebody, while nobody was there to hear of it. */
const missed = "2|7|9|3|0|1|0:0:-1:0||";

describe("whatever else is published", () => {
  beforeEach(resetCircuits);

  test.each([
    ["rubbish", "hello"],
    ["half a message", "strange:{shop}|1|2"],
    ["a name that is none", "strange:{%E0%A4%A}|1|5|1|60000|1|0|-1"],
    ["another prefix", "other:{shop}|1|5|1|60000|1|0|-1"],
    ["a place for a trial", "strange:{shop}|1|5|2|0|1|1|-1"],
    ["the state of nobody", "strange:{shop}|0|5|1|60000|1|0|-1"],
    ["times out of bounds", "strange:{shop}|1|5|1|1e999|1|0|-1"],
    ["a circuit that nobody has", "strange:{search}|1|5|1|60000|1|0|-1"],
  ])("changes nothing: %s", async (_, message) => {
    const client = new Redis(server.port, "127.0.0.1");
    const subscriber = client.duplicate();
    const heard = new Promise((resolve) => subscriber.on("message", resolve));
    const store = redisStore(client, { prefix: "strange", push: redisPush(subscriber) });
    const call = protect(() => Promise.resolve(1), { name: "shop", store, quiet: true });
    expect(await call()).toBe(1);
    await expect
      .poll(async () => Number(((await server.send("PUBSUB", "NUMSUB", "strange-changes")) as unknown[])[1]))
      .toBe(1);
    await server.send("PUBLISH", "strange-changes", message);
    await heard;
    expect(await call()).toBe(1);
    client.disconnect();
    subscriber.disconnect();
  });

  test("a subscriber that cannot subscribe is told of once, and calls go on", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const client = new Redis(server.port, "127.0.0.1");
    const deaf = {
      subscribe: () => Promise.reject(Object.assign(new Error("secret"), { name: "ClientClosedError" })),
      pSubscribe: true,
    };
    const store = redisStore(client, { push: redisPush(deaf) });
    const call = protect(() => Promise.resolve(1), { name: "shop", store, quiet: true });
    expect([await call(), await call()]).toEqual([1, 1]);
    expect(warn.mock.calls.flat().join()).toMatch(/push is not heard \(ClientClosedError\)/);
    expect(warn.mock.calls.flat().join()).not.toMatch(/secret/);
    warn.mockRestore();
    client.disconnect();
  });
});

test.each([[null], [{}], ["redis://localhost"], [() => {}]])("%s is no subscriber", (subscriber) => {
  expect(() => redisPush(subscriber as never)).toThrow(/"subscriber" must be a connection of ioredis/);
});

test.each([[true], [{}], [null]])("%j is no push", (push) => {
  const client = { evalsha: vi.fn<() => never>(), eval: vi.fn<() => never>() };
  expect(() => redisStore(client, { push: push as never })).toThrow(/"push" must be redisPush/);
});

test("the connection that asks cannot be the one that listens", () => {
  const client = new Redis({ lazyConnect: true });
  expect(() => redisStore(client, { push: redisPush(client) })).toThrow(/client\.duplicate\(\)/);
});
