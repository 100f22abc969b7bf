import { Redis, type RedisConfigNodejs } from "@upstash/redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as faults from "./faults.ts";
import { needsRedis } from "./needs-redis.ts";
import { type RunningRedis, startRedis } from "./start-redis.ts";
import { startUpstashServer, type UpstashServer } from "./upstash-server.ts";

const isThere = needsRedis();
let redis: RunningRedis;
let server: UpstashServer;

beforeAll(async () => {
  if (!isThere) return;
  redis = await startRedis();
  server = await startUpstashServer({ redis });
});
afterAll(async () => {
  await server?.stop();
  await redis?.stop();
});
beforeEach(() => redis.send("FLUSHALL"));
afterEach(() => {
  server.fail();
  server.clearRequests();
});

const once = { retries: 0 };
const increment = "#!lua flags=allow-key-locking\nreturn redis.call('INCR', KEYS[1])";

function client(options: Partial<RedisConfigNodejs> = {}): Redis {
  return new Redis({
    url: server.url,
    token: server.token,
    retry: once,
    enableAutoPipelining: false,
    ...options,
  });
}

async function executions(): Promise<number> {
  return Number(await redis.send("GET", "count").then(String));
}

/** What the client makes of each fault, and how often the script ran. */
const outcomes: Array<[name: string, fault: faults.Fault, error: RegExp, ran: number]> = [
  ["a connection that breaks before", faults.dropBefore, /fetch failed/, 0],
  ["a reply that is lost", faults.dropAfter, /fetch failed/, 1],
  ["a gateway's error page", faults.errorPage(502), /Unable to parse response body: <!doctype/, 0],
  ["a page where an answer should be", faults.page, /Unable to parse response body: <!doctype/, 0],
  ["garbage", faults.garbage, /Unable to parse response body/, 0],
  ["JSON that ends in the middle", faults.cutJson, /Unable to parse response body/, 1],
  ["a body that breaks off", faults.partialBody, /terminated/, 1],
  ["a used-up quota", faults.quota(400), /max requests limit exceeded/, 0],
  ["a proxy's 429", faults.quota(), /max requests limit exceeded/, 0],
  ["a revoked token", faults.unauthorized, /WRONGPASS/, 0],
  ["a token that may only read", faults.readOnly, /NOPERM/, 0],
];

test.each(outcomes)("%s rejects the client's call", async (_, fault, error, ran) => {
  await redis.send("SET", "count", 0);
  server.fail(fault);
  await expect(client().eval(increment, ["count"], [])).rejects.toThrow(error);
  expect(await executions()).toBe(ran);

  server.fail();
  expect(await client().eval(increment, ["count"], [])).toBe(ran + 1);
});

test.each(outcomes)("%s rejects all that were pipelined with it", async (_, fault) => {
  server.fail(fault);
  const upstash = client({ enableAutoPipelining: true });
  const calls = await Promise.allSettled([upstash.eval(increment, ["a"], []), upstash.set("b", 1)]);
  expect(calls.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(server.requests()).toHaveLength(1);
});

test("a fault may last for some requests only", async () => {
  server.fail(faults.errorPage(), 2);
  const replies = [];
  for (let i = 0; i < 3; i++)
    replies.push(
      await client()
        .get("a")
        .catch(() => "failed"),
    );
  expect(replies).toEqual(["failed", "failed", null]);
});

test("the client's own retries run a script again whose reply was lost", async () => {
  server.fail(faults.dropAfter, 5);
  const upstash = client({ retry: { retries: 5, backoff: () => 0 } });
  expect(await upstash.eval(increment, ["count"], [])).toBe(6);
  const retries = server.requests().map(({ headers }) => headers["upstash-telemetry-retry"]);
  expect(retries).toEqual([undefined, "1", "2", "3", "4", "5"]);
});

test("the client's default sends a broken request six times", async () => {
  server.fail(faults.dropBefore, 5);
  const upstash = new Redis({ url: server.url, token: server.token });
  expect(await upstash.eval(increment, ["count"], [])).toBe(1);
  expect(server.requests()).toHaveLength(6);
});

test("what is sent twice on the way is executed twice", async () => {
  server.fail(faults.duplicate);
  expect(await client().eval(increment, ["count"], [])).toBe(2);
});

describe.each([
  ["hang, before execution", faults.hang, 0],
  ["hang, after execution", faults.hangAfter, 1],
])("%s", (_, fault, ran) => {
  test("keeps the client waiting until it gives up", async () => {
    await redis.send("SET", "count", 0);
    server.fail(fault);
    const giveUp = new AbortController();
    const call = client({ signal: () => giveUp.signal }).eval(increment, ["count"], []);
    await expect.poll(() => server.requests().length).toBe(1);
    await expect.poll(executions).toBe(ran);
    giveUp.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
  });

  test("does not keep the server from stopping", async () => {
    const other = await startUpstashServer({ redis });
    other.fail(fault);
    const call = client({ url: other.url, token: other.token })
      .get("a")
      .catch((error: unknown) => error);
    await expect.poll(() => other.requests().length).toBe(1);
    await other.stop();
    expect(await call).toHaveProperty("message", "fetch failed");
  });
});

const longerThanAnyTest = 3_600_000;

test.each([
  ["before", faults.latency(longerThanAnyTest), 0],
  ["after", faults.lateReply(longerThanAnyTest), 1],
])("latency may come %s the execution", async (_, fault, ran) => {
  await redis.send("SET", "count", 0);
  server.fail(fault);
  const giveUp = new AbortController();
  const call = client({ signal: () => giveUp.signal }).eval(increment, ["count"], []);
  await expect.poll(() => server.requests().length).toBe(1);
  await expect.poll(executions).toBe(ran);
  giveUp.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
});

test.each([faults.latency(5), faults.lateReply(5)])(
  "with latency the answer comes all the same",
  async (fault) => {
    server.fail(fault);
    expect(await client().eval(increment, ["count"], [])).toBe(1);
  },
);

test("scripts may never be known", async () => {
  server.fail(faults.noScript);
  const sha = await client().scriptLoad(increment);
  await expect(client().evalsha(sha, ["count"], [])).rejects.toThrow("NOSCRIPT");
  expect(await client().eval(increment, ["count"], [])).toBe(1);
  await expect(client().evalsha(sha, ["count"], [])).rejects.toThrow("NOSCRIPT");
});

test("scripts may be forgotten once", async () => {
  const sha = await client().scriptLoad(increment);
  server.fail(faults.scriptFlush, 1);
  await expect(client().evalsha(sha, ["count"], [])).rejects.toThrow("NOSCRIPT");
  expect(await client().eval(increment, ["count"], [])).toBe(1);
  expect(await client().evalsha(sha, ["count"], [])).toBe(2);
});

test.each([[{ result: { odd: true } }], [{}], [null], [7], [[]]])(
  "other JSON reaches the client: %j",
  async (json) => {
    server.fail(faults.otherJson(json));
    const response = await fetch(server.url, { method: "POST", body: '["PING"]' });
    expect(await response.json()).toEqual(json);
  },
);

test("a Redis that is down is a 503 with an error, and is found again when it is back", async () => {
  await client().set("a", 1);
  await redis.kill();
  await expect(client().get("a")).rejects.toThrow("ERR the database cannot be reached");
  await redis.restart();
  expect(await client().get("a")).toBeNull();
  await expect(client({ token: server.readOnlyToken }).set("a", 1)).rejects.toThrow("NOPERM");
});
