import { Redis } from "ioredis";
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { hintFrom } from "../../src/store.ts";
import { upstashStore } from "../../src/upstash.ts";
import { resetCircuits } from "../../src/testing.ts";
import { Redis as UpstashRedis } from "@upstash/redis";
import { worker } from "../runtimes/in-workerd.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";

const hasRedis = needsRedis();
let redis: RunningRedis;
let upstash: UpstashServer;
beforeAll(async () => {
  if (!hasRedis) return;
  redis = await startRedis();
  upstash = await startUpstashServer({ redis });
});
afterAll(async () => {
  await upstash?.stop();
  await redis?.stop();
});

/** Scripts that were asked for; one that the server did not know yet comes twice. */
function looks(): number {
  const names = upstash.requests().flatMap(({ commands }) => commands.map(([name]) => name!.toLowerCase()));
  return names.filter((name) => name === "evalsha").length;
}

describe("Cloudflare's Cache API, in workerd", () => {
  let miniflare: Miniflare;
  beforeAll(async () => {
    if (!hasRedis) return;
    // Each request is an isolate of one call: nothing of it is kept.
    miniflare = await worker(`
      import { circuits, isCircuitOpenError, protect } from "next-protego";
      import { Redis } from "@upstash/redis/cloudflare";
      import { cacheApi, hintFrom } from "next-protego/store";
      import { resetCircuits } from "next-protego/testing";
      import { upstashStore } from "next-protego/upstash";
      const access = ${JSON.stringify({ url: upstash.url, token: upstash.token })};
      export default {
        async fetch(request, env, context) {
          resetCircuits();
          const store = upstashStore({
            redis: new Redis(access),
            waitUntil: (promise) => context.waitUntil(promise),
            maxWait: "5s",
            ...(request.headers.get("hint") && { hint: hintFrom(cacheApi()) }),
          });
          const call = protect(() => Promise.resolve("served"), { name: "edge", store });
          try {
            return new Response(await call());
          } catch (error) {
            return new Response(isCircuitOpenError(error) ? "refused" : String(error));
          }
        },
      };
    `);
  });
  afterAll(() => miniflare?.dispose());

  async function calls(count: number, headers: Record<string, string> = {}): Promise<string[]> {
    const answers: string[] = [];
    for (let call = 0; call < count; call++) {
      answers.push(await (await miniflare.dispatchFetch("http://worker/", { headers })).text());
    }
    return answers;
  }

  test("isolates of one call look once a second together, not once each", async () => {
    upstash.clearRequests();
    expect(new Set(await calls(30))).toEqual(new Set(["served"]));
    expect(looks()).toBe(30);
    upstash.clearRequests();
    expect(new Set(await calls(30, { hint: "on" }))).toEqual(new Set(["served"]));
    expect(looks()).toBeGreaterThan(0);
    expect(looks()).toBeLessThan(15);
  });

  test("and hear of an opening within a second", async () => {
    resetCircuits();
    const store = upstashStore({ redis: new UpstashRedis({ url: upstash.url, token: upstash.token }) });
    await protect(() => Promise.resolve(), { name: "edge", store })();
    circuits.get("edge")!.open();
    await expect.poll(() => calls(1, { hint: "on" }), { timeout: 10_000 }).toEqual(["refused"]);
    expect(await calls(3, { hint: "on" })).toEqual(["refused", "refused", "refused"]);
  });
});

test("any get and set: a cache on the same machine", async () => {
  const cache = new Redis(redis.port, "127.0.0.1");
  const hint = hintFrom({
    get: (key) => cache.get(key),
    set: (key, value, ttlMs) => cache.set(key, value, "PX", ttlMs),
  });
  upstash.clearRequests();
  for (let isolate = 0; isolate < 20; isolate++) {
    resetCircuits();
    const client = new UpstashRedis({ url: upstash.url, token: upstash.token });
    const store = upstashStore({ redis: client, hint, maxWait: "5s" });
    const call = protect(() => Promise.resolve("served"), { name: "with a cache", store });
    expect(await call()).toBe("served");
  }
  const seen = await cache.keys("protego-hint:*");
  cache.disconnect();
  expect(looks()).toBeGreaterThan(0);
  expect(looks()).toBeLessThan(10);
  expect(seen.length).toBeLessThanOrEqual(1);
});
