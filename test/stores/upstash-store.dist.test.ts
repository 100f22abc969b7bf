import { Redis } from "@upstash/redis";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import type { SharedStore } from "../../src/upstash.ts";
import { upstashStore, type UpstashStoreOptions } from "../../src/upstash.ts";
import { resetCircuits } from "../../src/testing.ts";
import * as faults from "../upstash-server/faults.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";

const hasRedis = needsRedis();
let redis: RunningRedis;
let upstash: UpstashServer;
let upstream: Server;
let origin: string;
let isDown = false;
let serial = 0;
const logged: unknown[][] = [];

beforeAll(async () => {
  upstream = createServer((_, response) => response.writeHead(isDown ? 503 : 200).end("answer"));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  if (!hasRedis) return;
  redis = await startRedis();
  upstash = await startUpstashServer({ redis });
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await upstash?.stop();
  await redis?.stop();
});
beforeEach(() => {
  resetCircuits();
  isDown = false;
  logged.length = 0;
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => void logged.push(args));
  }
});
afterEach(() => {
  // Whatever happens, nothing that is told holds the token or a command.
  const told = JSON.stringify([logged, circuits.snapshot()]);
  if (told.includes(upstash?.token ?? "no token") || told.includes("redis.call")) {
    throw new Error(`a secret was told: ${told}`);
  }
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  upstash?.fail();
});

function client(options: object = {}): Redis {
  return new Redis({ url: upstash.url, token: upstash.token, ...options });
}

/** One isolate: circuits of its own, tied to the others by the store alone. */
function isolate(store: SharedStore, name = `shared ${serial}`) {
  resetCircuits();
  const fetch = createProtectedFetch({ name, store });
  return {
    call: async () => {
      try {
        return (await fetch(origin)).status;
      } catch (error) {
        return (error as Error).name;
      }
    },
    get circuit() {
      return circuits.get(name)!;
    },
  };
}

/** Until what was told in the background has arrived: nothing has been asked of the server for a while. */
async function rest(): Promise<void> {
  let seen = -1;
  while (seen !== upstash.requests().length) {
    seen = upstash.requests().length;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Makes the fleet know that the upstream is down, by the evidence of two isolates. */
async function openFleet(make: () => SharedStore): Promise<void> {
  serial++;
  isDown = true;
  for (let each = 0; each < 2; each++) {
    const one = isolate(make());
    for (let i = 0; i < 3; i++) {
      await one.call();
      await rest();
    }
  }
}

const traps: Array<[string, () => UpstashStoreOptions]> = [
  ["from the environment", () => ({})],
  ["a client as it comes: retries, no timeout, auto-pipelining", () => ({ redis: client() })],
  ["a client without auto-pipelining", () => ({ redis: client({ enableAutoPipelining: false }) })],
  ["a client that leaves answers as strings", () => ({ redis: client({ automaticDeserialization: false }) })],
  ["a client without base64", () => ({ redis: client({ responseEncoding: false }) })],
  ["a client that reads its own writes", () => ({ redis: client({ readYourWrites: true }) })],
  [
    "a client with a timeout of its own",
    () => ({ redis: client({ signal: () => AbortSignal.timeout(500) }) }),
  ],
];

describe.each(traps)("over %s", (_which, options) => {
  const make = () => {
    vi.stubEnv("UPSTASH_REDIS_REST_URL", upstash.url);
    vi.stubEnv("UPSTASH_REDIS_REST_TOKEN", upstash.token);
    return upstashStore({ ...options(), prefix: `test${serial}`, maxWait: "5s" });
  };

  test("what two isolates saw, a third one knows before its first call", async () => {
    await openFleet(make);
    const third = isolate(make());
    expect(await third.call()).toBe("CircuitOpenError");
    expect(third.circuit.snapshot()).toMatchObject({ state: "open", shared: true, degraded: false });
    expect(third.circuit.snapshot().retryAfter).toBeGreaterThan(50_000);
  });
});

test("healthy traffic asks once, when the isolate starts", async () => {
  serial++;
  const one = isolate(upstashStore({ redis: client() }));
  upstash.clearRequests();
  for (let i = 0; i < 50; i++) expect(await one.call()).toBe(200);
  expect(upstash.requests().length).toBeLessThanOrEqual(2);
  const before = upstash.requests().length;
  for (let i = 0; i < 50; i++) await one.call();
  expect(upstash.requests()).toHaveLength(before);
});

test("commands of the app in the same moment travel by themselves", async () => {
  serial++;
  const redisOfApp = client();
  const one = isolate(upstashStore({ redis: redisOfApp }));
  upstash.clearRequests();
  await Promise.all([one.call(), redisOfApp.set("app", 1), redisOfApp.get("app")]);
  const batches = upstash.requests().map(({ commands }) => commands.map(([name]) => name!.toLowerCase()));
  for (const batch of batches) {
    const isOurs = batch.some((name) => name.startsWith("eval"));
    expect(isOurs && batch.some((name) => ["get", "set"].includes(name))).toBe(false);
  }
});

test("a server that does not know the script gets its text, once", async () => {
  await redis.send("SCRIPT", "FLUSH");
  serial++;
  upstash.clearRequests();
  const make = () => upstashStore({ redis: client() });
  await isolate(make()).call();
  await isolate(make(), "another").call();
  const names = upstash.requests().flatMap(({ commands }) => commands.map(([name]) => name!.toLowerCase()));
  expect(names.filter((name) => name === "eval").length).toBeLessThanOrEqual(1);
  expect(names.filter((name) => name === "evalsha").length).toBeGreaterThanOrEqual(2);
});

describe("a store that fails", () => {
  const troubles: Array<[string, faults.Fault]> = [
    ["drops connections", faults.dropBefore],
    ["drops connections after it has done its work", faults.dropAfter],
    ["hangs", faults.hang],
    ["hangs after it has done its work", faults.hangAfter],
    ["answers a gateway's error page", faults.errorPage(502)],
    ["answers a page", faults.page],
    ["answers garbage", faults.garbage],
    ["answers null", faults.otherJson({ result: null })],
    ["answers of another kind", faults.otherJson([{ result: ["a", 1, -5] }])],
    ["cuts its JSON", faults.cutJson],
    ["breaks off in mid-body", faults.partialBody],
    ["is over its quota", faults.quota(400)],
    ["asks for patience", faults.quota(429)],
    ["does not know the token", faults.unauthorized],
    ["lets nobody write", faults.readOnly],
    ["never knows the script", faults.noScript],
    ["takes ten seconds", faults.latency(10_000)],
    ["does everything twice", faults.duplicate],
  ];

  test.each(troubles)(
    "%s: every call keeps its answer, and waits no longer than it may",
    async (_how, fault) => {
      serial++;
      upstash.fail(fault);
      const one = isolate(upstashStore({ redis: client({ retry: { retries: 0 } }), maxWait: "20ms" }));
      for (let i = 0; i < 5; i++) expect(await one.call()).toBe(200);
      isDown = true;
      for (let i = 0; i < 3; i++) expect(await one.call()).toBe(503);
      // Its own breaker protects it all the same.
      expect(await one.call()).toBe("CircuitOpenError");
      expect(one.circuit.state).toBe("open");
    },
  );

  test("is left alone after three errors, then found again", async () => {
    serial++;
    upstash.fail(faults.errorPage(503));
    const one = isolate(upstashStore({ redis: client({ retry: { retries: 0 } }), heartbeat: 1 }));
    for (let i = 0; i < 6; i++) {
      await one.call();
      await rest();
    }
    expect(one.circuit.snapshot().degraded).toBe(true);
    upstash.clearRequests();
    for (let i = 0; i < 10; i++) {
      await one.call();
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(upstash.requests()).toEqual([]);
    upstash.fail();
    await expect
      .poll(
        async () => {
          await one.call();
          return one.circuit.snapshot().degraded;
        },
        { timeout: 20_000 },
      )
      .toBe(false);
  });

  test("a static signal that was aborted, which makes the client answer null, reads as a failure", async () => {
    serial++;
    const signal = AbortSignal.abort();
    const one = isolate(upstashStore({ redis: client({ signal, retry: { retries: 0 } }) }));
    expect(await one.call()).toBe(200);
    await rest();
    expect(one.circuit.snapshot()).toMatchObject({ state: "closed", degraded: true });
  });

  test("killed in mid-run, Redis takes nobody down; back again, it is used again", async () => {
    serial++;
    const one = isolate(upstashStore({ redis: client({ retry: { retries: 0 } }), heartbeat: 1 }));
    expect(await one.call()).toBe(200);
    await redis.kill();
    for (let i = 0; i < 5; i++) {
      expect(await one.call()).toBe(200);
      await rest();
    }
    expect(one.circuit.snapshot().degraded).toBe(true);
    await redis.restart();
    await expect
      .poll(
        async () => {
          await one.call();
          return one.circuit.snapshot().degraded;
        },
        { timeout: 20_000 },
      )
      .toBe(false);
  });
});

describe("the environment", () => {
  beforeEach(() => {
    for (const name of ["UPSTASH_REDIS_REST", "KV_REST_API"]) {
      vi.stubEnv(`${name}_URL`, undefined);
      vi.stubEnv(`${name}_TOKEN`, undefined);
    }
  });

  test.each([
    [{}, /UPSTASH_REDIS_REST_URL/],
    [{ UPSTASH_REDIS_REST_URL: "https://a.upstash.io" }, /UPSTASH_REDIS_REST_TOKEN/],
    [{ UPSTASH_REDIS_REST_TOKEN: "secret-token" }, /UPSTASH_REDIS_REST_URL/],
    [{ KV_REST_API_URL: "https://a.upstash.io" }, /KV_REST_API_TOKEN/],
    [
      { UPSTASH_REDIS_REST_URL: "redis://a.upstash.io", UPSTASH_REDIS_REST_TOKEN: "secret-token" },
      /UPSTASH_REDIS_REST_URL is no URL/,
    ],
    [
      { UPSTASH_REDIS_REST_URL: '"https://a.upstash.io"', UPSTASH_REDIS_REST_TOKEN: "secret-token" },
      /UPSTASH_REDIS_REST_URL is no URL/,
    ],
    [
      { UPSTASH_REDIS_REST_URL: "https://a.upstash.io", UPSTASH_REDIS_REST_TOKEN: "secret-token\n" },
      /UPSTASH_REDIS_REST_TOKEN is malformed/,
    ],
  ])("%j is an error at creation that says which", (variables, message) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(() => upstashStore()).toThrow(message);
    expect(() => upstashStore()).not.toThrow(/secret-token/);
  });

  test("KV_… is read where UPSTASH_… is not there", async () => {
    vi.stubEnv("KV_REST_API_URL", upstash.url);
    vi.stubEnv("KV_REST_API_TOKEN", upstash.token);
    serial++;
    upstash.clearRequests();
    await isolate(upstashStore()).call();
    expect(upstash.requests().length).toBeGreaterThan(0);
  });

  test("one that is malformed is an error under next build as well", () => {
    vi.stubEnv("NEXT_PHASE", "phase-production-build");
    vi.stubEnv("UPSTASH_REDIS_REST_URL", "redis://a.upstash.io");
    expect(() => upstashStore()).toThrow(/UPSTASH_REDIS_REST_URL is no URL/);
  });

  test("under next build it may be missing, and nothing is sent", async () => {
    vi.stubEnv("NEXT_PHASE", "phase-production-build");
    const one = isolate(upstashStore());
    expect(await one.call()).toBe(200);
  });
});

test.each([
  ["redis", { redis: {} }],
  ["redis", { redis: "https://a.upstash.io" }],
  ["prefix", { prefix: "" }],
  ["prefix", { prefix: "a{b}" }],
  ["quorum", { quorum: 0 }],
  ["quorum", { quorum: 9 }],
  ["share", { share: 0 }],
  ["share", { share: 1.1 }],
  ["window", { window: "10 parsecs" }],
  ["maxWait", { maxWait: -1 }],
  ["heartbeat", { heartbeat: Infinity }],
  ["waitUntil", { waitUntil: true }],
])("a bad %s is refused by name: %j", (option, options) => {
  const given = { redis: hasRedis ? client() : { pipeline: () => undefined }, ...options };
  expect(() => upstashStore(given as never)).toThrow(`"${option}"`);
});
