import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { needsRedis } from "./needs-redis.ts";
import { type RunningRedis, startRedis } from "./start-redis.ts";
import { startUpstashServer, type UpstashServer } from "./upstash-server.ts";

const isThere = needsRedis();
let redis: RunningRedis;
let home: UpstashServer;
let far: UpstashServer;

beforeAll(async () => {
  if (!isThere) return;
  redis = await startRedis();
  home = await startUpstashServer({ redis });
  far = await startUpstashServer({ redis, replicaLag: 20 });
});
afterAll(async () => {
  await far?.stop();
  await home?.stop();
  await redis?.stop();
});
beforeEach(async () => {
  far.replica!.thaw();
  await redis.send("FLUSHALL");
  await far.replica!.caughtUp();
});

function client({ url, token }: UpstashServer, readYourWrites = false): Redis {
  return new Redis({ url, token, readYourWrites, enableAutoPipelining: false });
}

test("what one region writes, the other reads when it has arrived", async () => {
  await client(home).set("key", "from home");
  await far.replica!.caughtUp();
  expect(await client(far).get("key")).toBe("from home");
  await client(far).set("key", "from afar");
  expect(await client(home).get("key")).toBe("from afar");
});

test("reads of a region that lags are stale", async () => {
  const script = "return redis.call('GET', KEYS[1])";
  await client(home).set("key", "old");
  await far.replica!.caughtUp();
  far.replica!.freeze();
  await client(home).set("key", "new");
  expect(await client(far).get("key")).toBe("old");
  expect(await client(far).evalRo(script, ["key"], [])).toBe("old");
  far.replica!.thaw();
  await far.replica!.caughtUp();
  expect(await client(far).get("key")).toBe("new");
});

test("writes and scripts that may write see the newest, in every region", async () => {
  far.replica!.freeze();
  await client(home).set("key", "1");
  expect(await client(far).incr("key")).toBe(2);
  expect(await client(far).eval("return redis.call('GET', KEYS[1])", ["key"], [])).toBe(2);
});

test("a client that sends its sync token reads its own writes, also in another region", async () => {
  far.replica!.freeze();
  const upstash = client(far, true);
  await upstash.set("key", "mine");
  expect(await client(far).get("key")).toBeNull();
  expect(await upstash.get("key")).toBe("mine");

  const written = await fetch(`${home.url}/set/key/elsewhere`, {
    headers: { authorization: `Bearer ${home.token}` },
  });
  const read = await fetch(`${far.url}/get/key`, {
    headers: {
      authorization: `Bearer ${far.token}`,
      "upstash-sync-token": written.headers.get("upstash-sync-token")!,
    },
  });
  expect(await read.json()).toEqual({ result: "elsewhere" });
});
