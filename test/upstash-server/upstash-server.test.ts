import { Redis, type RedisConfigNodejs } from "@upstash/redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { upstashScript } from "../../src/stores/fleet-script.ts";
import { commandStats, resetCommandStats } from "./command-stats.ts";
import { needsRedis } from "./needs-redis.ts";
import { sha1 } from "./scripts.ts";
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
beforeEach(async () => {
  await redis.send("FLUSHALL");
  await redis.send("SCRIPT", "FLUSH");
  await resetCommandStats(redis);
});
afterEach(() => server.clearRequests());

function client(options: Partial<RedisConfigNodejs> = {}): Redis {
  return new Redis({ url: server.url, token: server.token, retry: { retries: 0 }, ...options });
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Bearer ${server.token}`;
  return fetch(server.url + path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { authorization, ...headers },
  });
}

const texts = {
  "plain text": "hello",
  "what looks like base64": "aGVsbG8=",
  "the word OK": "OK",
  "a number with leading zeros": "007",
  "many scripts": "żółw 龜 🐢 \u0000 end",
  "line ends": "a\r\nb\r\n$3\r\n",
  nothing: "",
  "two megabytes": "ü🐢".repeat(350_000),
};

describe.each([
  ["one request each", { enableAutoPipelining: false }],
  ["pipelined by the client itself", { enableAutoPipelining: true }],
  ["without base64", { enableAutoPipelining: false, responseEncoding: false as const }],
])("@upstash/redis, %s", (_, options) => {
  test.each(Object.entries(texts))("reads back what it wrote: %s", async (_name, value) => {
    const upstash = client({ ...options, automaticDeserialization: false });
    expect(await upstash.set("key", value)).toBe("OK");
    expect(await upstash.get("key")).toBe(value);
    expect(await upstash.mget("key", "none")).toEqual([value, null]);
  });

  test("deletes, counts and expires", async () => {
    const upstash = client(options);
    await upstash.set("key", { a: [1, "two"] }, { px: 60_000 });
    expect(await upstash.get("key")).toEqual({ a: [1, "two"] });
    expect(await upstash.pttl("key")).toBeGreaterThan(0);
    expect(await upstash.del("key")).toBe(1);
    expect(await upstash.get("key")).toBeNull();
    expect(await upstash.incr("count")).toBe(1);
  });

  test("runs a script by its text, and then by its SHA-1", async () => {
    const upstash = client(options);
    const script = "return {KEYS[1], ARGV[1], 7, false, {'nested', 8}}";
    const reply = ["k", "a", 7, null, ["nested", 8]];
    await expect(upstash.evalsha(sha1(script), ["k"], ["a"])).rejects.toThrow("NOSCRIPT");
    expect(await upstash.eval(script, ["k"], ["a"])).toEqual(reply);
    expect(await upstash.evalsha(sha1(script), ["k"], ["a"])).toEqual(reply);
  });

  test("knows a script that locks its keys by the SHA-1 of its whole text", async () => {
    const upstash = client(options);
    const script = "#!lua flags=allow-key-locking\nreturn redis.call('INCR', KEYS[1])";
    await expect(upstash.evalsha(sha1(script), ["k"], [])).rejects.toThrow("NOSCRIPT");
    expect(await upstash.scriptLoad(script)).toBe(sha1(script));
    expect(await upstash.scriptExists(sha1(script))).toEqual([1]);
    expect(await upstash.evalsha(sha1(script), ["k"], [])).toBe(1);
    await upstash.scriptFlush();
    await expect(upstash.evalsha(sha1(script), ["k"], [])).rejects.toThrow("NOSCRIPT");
    expect(await upstash.eval(script, ["k"], [])).toBe(2);
    expect(await upstash.evalsha(sha1(script), ["k"], [])).toBe(3);
  });

  test("is told what went wrong", async () => {
    const upstash = client(options);
    await upstash.set("key", "text");
    await expect(upstash.incr("key")).rejects.toThrow("ERR value is not an integer");
    await expect(upstash.lpush("key", 1)).rejects.toThrow("WRONGTYPE");
    await expect(upstash.eval("return redis.call('nope')", [], [])).rejects.toThrow("Unknown Redis command");
  });

  test("with a wrong token may do nothing", async () => {
    const upstash = client({ ...options, token: "wrong" });
    await expect(upstash.set("key", "text")).rejects.toThrow("WRONGPASS");
    expect(await commandStats(redis)).not.toHaveProperty("set");
  });

  test("with the read-only token may read, and neither write nor run scripts that could", async () => {
    await client().set("key", "text");
    const upstash = client({ ...options, token: server.readOnlyToken });
    expect(await upstash.get("key")).toBe("text");
    expect(await upstash.evalRo("return redis.call('GET', KEYS[1])", ["key"], [])).toBe("text");
    await expect(upstash.set("key", "other")).rejects.toThrow("NOPERM");
    await expect(upstash.eval("return 1", [], [])).rejects.toThrow("NOPERM");
    await expect(upstash.evalsha(sha1("return 1"), [], [])).rejects.toThrow("NOPERM");
  });
});

test("the store's own script, with its key-locking flag, is taken by a plain Redis", async () => {
  await expect(redis.send("EVAL", upstashScript, 0)).resolves.toHaveProperty(
    "message",
    expect.stringMatching(/flag/),
  );
  await client().scriptLoad(upstashScript);
  expect(await client().scriptExists(sha1(upstashScript))).toEqual([1]);
});

test("other flags of a script are kept", async () => {
  const script = "#!lua flags=no-writes,allow-key-locking\nreturn redis.call('SET', KEYS[1], 1)";
  await expect(client().eval(script, ["k"], [])).rejects.toThrow("Write commands are not allowed");
});

test("a script's error names the line of the whole text", async () => {
  const script = "#!lua flags=allow-key-locking\n\nerror('here')";
  await expect(client().eval(script, [], [])).rejects.toThrow("user_script:3: here");
});

test("automatic pipelining joins what is asked at once into one request", async () => {
  const upstash = client();
  await Promise.all([upstash.set("a", 1), upstash.set("b", 2)]);
  expect(server.requests()).toMatchObject([
    {
      path: "/pipeline",
      commands: [
        ["set", "a", "1"],
        ["set", "b", "2"],
      ],
    },
  ]);
});

test("in a pipeline an error stops nothing", async () => {
  const pipeline = client().pipeline().set("a", "text").incr("a").get("a");
  const replies = await pipeline.exec({ keepErrors: true });
  expect(replies.map(({ result, error }) => error ?? result)).toEqual([
    "OK",
    "ERR value is not an integer or out of range",
    "text",
  ]);
});

test("a transaction is carried out as one", async () => {
  expect(await client().multi().set("a", 1).incr("a").get("a").exec()).toEqual(["OK", 2, 2]);
  expect(await commandStats(redis)).toMatchObject({ multi: 1, exec: 1, set: 1, incr: 1, get: 1 });
});

test("a transaction that Redis refuses leaves nothing behind", async () => {
  const response = await post("/multi-exec", [["SET", "a", 1], ["NOPE"]]);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: expect.stringContaining("ERR unknown command 'NOPE'") });
  expect(await client().get("a")).toBeNull();
});

test("a command may be a path, with the value as the body and options as the query", async () => {
  const headers = { authorization: `Bearer ${server.token}` };
  const get = async (path: string): Promise<unknown> => (await fetch(server.url + path, { headers })).json();
  expect(await get("/set/foo/b%2Fr")).toEqual({ result: "OK" });
  expect(await get("/get/foo")).toEqual({ result: "b/r" });
  expect(await (await post("/set/foo?EX=100", "a body")).json()).toEqual({ result: "OK" });
  expect(await get("/get/foo")).toEqual({ result: "a body" });
  expect(await get("/ttl/foo")).toEqual({ result: 100 });
});

test("the token may stand in the query", async () => {
  const response = await fetch(`${server.url}/ping?_token=${server.token}`);
  expect(await response.json()).toEqual({ result: "PONG" });
});

test.each([
  ["/", "{", 400, "failed to parse"],
  ["/", [], 400, "empty command"],
  ["/", ["SET", "a", null], 400, "unsupported argument"],
  ["/pipeline", [], 400, "empty pipeline"],
  ["/", ["GET"], 400, "ERR wrong number of arguments"],
  ["/", ["SUBSCRIBE", "a"], 400, "Command is not available"],
  ["/", ["blpop", "a", 0], 400, "Command is not available"],
])("POST %s %j is a %i: %s", async (path, body, status, error) => {
  const response = await post(path, body);
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({ error: expect.stringContaining(error) });
});

test.each([
  ["no token", {}],
  ["another scheme", { authorization: "Basic abc" }],
  ["a wrong token", { authorization: "Bearer wrong" }],
])("%s is a 401 with an error in JSON, on each path", async (_, headers) => {
  for (const path of ["/", "/pipeline", "/multi-exec", "/set/a/b"]) {
    const command = ["SET", "a", 1];
    const body = JSON.stringify(path === "/" ? command : [command]);
    const response = await fetch(server.url + path, { method: "POST", body, headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: "WRONGPASS invalid or missing auth token" });
  }
  expect(await client().exists("a")).toBe(0);
});

test("the log holds what was asked, and no token", async () => {
  await client({ enableAutoPipelining: false }).set("a", 1);
  await client({ enableAutoPipelining: false, token: "a-wrong-one" })
    .set("a", 1)
    .catch(() => {});
  await fetch(`${server.url}/ping?_token=${server.token}`);
  const log = server.requests();
  expect(log.map(({ commands }) => commands[0]![0])).toEqual(["set", "set", "ping"]);
  expect(log[0]!.headers["upstash-telemetry-sdk"]).toContain("@upstash/redis");
  expect(JSON.stringify(log)).not.toContain(server.token);
  expect(JSON.stringify(log)).not.toContain("a-wrong-one");
});

test("commands inside scripts are counted as well", async () => {
  await client().eval("redis.call('SET', KEYS[1], 1) return redis.call('GET', KEYS[1])", ["k"], []);
  expect(await commandStats(redis)).toMatchObject({ eval: 1, set: 1, get: 1 });
});
