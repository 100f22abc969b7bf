import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { worker, workersConditions } from "../runtimes/in-workerd.ts";
import { startUpstream, type Upstream } from "../next-app/harness/upstream.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";

/** A circuit as everybody makes it, in a Worker that is not Next's; answers before its report is sent. */
const script = `
  import { circuits, createProtectedFetch } from "next-protego";
  import { upstashStore } from "next-protego/upstash";
  import { Redis } from "@upstash/redis/cloudflare";
  let shop;
  export default {
    async fetch(request, env) {
      shop ??= createProtectedFetch({
        name: "shop",
        store: upstashStore({ redis: new Redis({ url: env.STORE, token: env.TOKEN }), maxWait: "2s" }),
      });
      const status = await shop(env.UPSTREAM + "/shop").then(
        (response) => response.status,
        (error) => error.name,
      );
      return Response.json({ status, degraded: circuits.get("shop").snapshot().degraded });
    },
  };
`;

const isolates = 6;
const callsEach = 5;
const hasRedis = needsRedis();
let redis: RunningRedis;
let upstash: UpstashServer;
let upstream: Upstream;
let way: Server;
let cutOff = 0;
let workers: Awaited<ReturnType<typeof worker>>[] = [];

/** The way to the store, on which requests are counted whose sender is gone before the answer. */
async function startWay(to: string): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    outgoing.on("close", () => (cutOff += outgoing.writableFinished ? 0 : 1));
    const onward = request(to + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    // What is under way when the store stops ends as it would without this way between.
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

beforeAll(async () => {
  if (!hasRedis) return;
  redis = await startRedis();
  // Slow enough for the visitor to have the answer while the report is under way.
  upstash = await startUpstashServer({ redis, latency: 100 });
  upstream = await startUpstream();
  upstream.set("/shop", 503);
  way = await startWay(upstash.url);
  const store = `http://127.0.0.1:${(way.address() as AddressInfo).port}`;
  const bindings = { STORE: store, TOKEN: upstash.token, UPSTREAM: upstream.url };
  for (let i = 0; i < isolates; i++) {
    workers.push(await worker(script, { conditions: workersConditions, bindings }));
  }
});
afterAll(async () => {
  await Promise.all(workers.map((one) => one.dispose()));
  way?.close();
  await upstream?.close();
  await upstash?.stop();
  await redis?.stop();
});

test("plain Workers share their circuits with nothing but a store given", async () => {
  const statuses: unknown[] = [];
  for (let call = 0; call < callsEach; call++) {
    for (const one of workers) {
      const answer = (await (await one.dispatchFetch("http://worker/")).json()) as { status: unknown };
      expect(answer).toMatchObject({ degraded: false });
      statuses.push(answer.status);
    }
  }
  // Each isolate by itself sends three.
  expect(upstream.hits("/shop")).toBeLessThanOrEqual(isolates * 1.5);
  expect(statuses.slice(-isolates)).toEqual(Array(isolates).fill("CircuitOpenError"));
  expect(upstash.requests().length).toBeGreaterThan(isolates);
  expect(cutOff).toBe(0);
});
