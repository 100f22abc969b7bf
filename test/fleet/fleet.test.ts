import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Build, buildFixture, prepareFixture } from "../next-app/harness/fixture.ts";
import { type NextServer, startNext } from "../next-app/harness/next-server.ts";
import { outputs } from "../next-app/harness/outputs.ts";
import { startUpstream, type Upstream } from "../next-app/harness/upstream.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";
import { startWorker, type WorkerIsolate } from "./worker.ts";

const hasRedis = needsRedis();
let redis: RunningRedis;
let upstash: UpstashServer;
let upstream: Upstream;
let build: Build;
let requestsOfBuild: number;
let folder: string;
let env: Record<string, string>;
let first: NextServer;
let second: NextServer;
let workers: WorkerIsolate[] = [];

interface Result {
  readonly status?: number;
  readonly refused?: boolean;
}

beforeAll(async () => {
  if (!hasRedis) return;
  redis = await startRedis();
  upstash = await startUpstashServer({ redis });
  upstream = await startUpstream();
  env = {
    UPSTREAM: upstream.url,
    UPSTASH_REDIS_REST_URL: upstash.url,
    UPSTASH_REDIS_REST_TOKEN: upstash.token,
  };
  folder = await prepareFixture("shared");
  build = await buildFixture(folder, env);
  requestsOfBuild = upstash.requests().length;
  if (build.exitCode !== 0) throw new Error(build.output);
  const settings = { upstream: upstream.url, url: upstash.url, token: upstash.token };
  [first, second, ...workers] = (await Promise.all([
    startNext(folder, env),
    startNext(folder, env),
    startWorker(settings),
    startWorker(settings),
  ])) as [NextServer, NextServer, WorkerIsolate, WorkerIsolate];
});

afterAll(async () => {
  await Promise.all([first?.stop(), second?.stop(), ...workers.map((worker) => worker.stop())]);
  await upstream?.close();
  await upstash?.stop();
  await redis?.stop();
});

const ask = async (server: NextServer, path = "/api/call"): Promise<Result> =>
  (await (await fetch(server.url + path)).json()) as Result;

const isolates = (): Array<() => Promise<Result>> => [
  () => ask(first),
  () => ask(second),
  () => ask(first, "/api/edge-call"),
  ...workers.map((worker) => () => worker.call()),
];

/** Asks again and again until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 25_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error("it did not come about");
    await pause(50);
  }
}

async function trip(): Promise<void> {
  upstream.set("/shop", 503);
  await until(async () => {
    const results = await Promise.all([ask(first), workers[0]!.call()]);
    return results.every(({ refused }) => refused);
  });
}

async function allAre(state: "refused" | "served"): Promise<void> {
  await until(async () => {
    const results = await Promise.all(isolates().map((call) => call()));
    return results.every(({ status, refused }) => (state === "refused" ? refused : status === 200));
  });
}

async function heal(): Promise<void> {
  upstream.set("/shop", 200);
  await allAre("served");
}

describe("with the store on", () => {
  test("static pages stay static, ISR stays ISR, and next build sends nothing", () => {
    expect(build.routes.get("/static")).toMatchObject({ mark: "○" });
    expect(build.routes.get("/isr")).toMatchObject({ mark: "○", revalidate: "1s" });
    expect(requestsOfBuild).toBe(0);
  });

  test("a page regenerates, and stays static while it does", async () => {
    const page = async (): Promise<string> => outputs(await (await fetch(`${first.url}/isr`)).text())[0]!;
    const before = await page();
    await until(async () => (await page()) !== before);
    expect(first.log()).not.toContain("changed from static to dynamic");
    expect(first.log()).not.toMatch(/Error/);
  });
});

test("with OpenTelemetry set up, Next's own spans tell what became of the calls in them", async () => {
  await heal();
  upstream.set("/shop", 503);
  await until(async () => (await ask(first)).refused === true);
  interface Told {
    readonly name: string;
    readonly attributes: Record<string, unknown>;
    readonly events: ReadonlyArray<{ readonly name: string; readonly attributes: Record<string, unknown> }>;
  }
  const spans = (await (await fetch(`${first.url}/api/spans`)).json()) as Told[];
  const told = spans.filter(({ attributes }) => attributes["protego.circuit.name"] === "shop");
  expect(told.map(({ attributes }) => attributes["protego.call.outcome"])).toEqual(
    expect.arrayContaining(["succeeded", "failed", "refused"]),
  );
  expect(told.map(({ name }) => name)).toEqual(
    expect.arrayContaining([expect.stringContaining("executing api route (app) /api/call")]),
  );
  const events = told.flatMap((span) => span.events.map(({ name }) => name));
  expect(events).toEqual(expect.arrayContaining(["protego.call.failed", "protego.circuit.changed"]));
});

test("what two isolates saw, all know: node, edge, another server, other workers", async () => {
  await heal();
  await trip();
  const before = upstream.hits("/shop");
  await allAre("refused");
  // Those that had been healthy learnt it by their heartbeat, or by one failure of their own each.
  expect(upstream.hits("/shop") - before).toBeLessThanOrEqual(3);
});

test("half-open lets exactly as many trials through as it should, of all isolates together", async () => {
  upstream.set("/shop", "hang");
  const before = upstream.hits("/shop");
  await until(async () => {
    const calls = isolates().flatMap((call) => [call(), call(), call()]);
    calls.forEach((call) => void call.catch(() => {}));
    await pause(50);
    return upstream.hits("/shop") > before;
  });
  // All keep calling while the trials hang.
  for (let round = 0; round < 12; round++) {
    for (const call of isolates()) void call().catch(() => {});
    await pause(50);
  }
  expect(upstream.hits("/shop") - before).toBe(2);
  await heal();
}, 60_000);

test("a trial whose server is killed gives its place back after its lease", async () => {
  await trip();
  await allAre("refused");
  upstream.set("/shop", "hang");
  const before = upstream.hits("/shop");
  // One after another: the first server takes both places.
  await until(async () => {
    void ask(first).catch(() => {});
    await pause(100);
    return upstream.hits("/shop") - before >= 2;
  });
  await first.kill();
  upstream.set("/shop", 200);
  expect(await ask(second)).toMatchObject({ refused: true });
  await until(async () => (await ask(second)).status === 200);
  first = await startNext(folder, env);
}, 60_000);

test("a command given in one place holds in all", async () => {
  await heal();
  const command = async (server: NextServer, name: string): Promise<number> =>
    (await fetch(`${server.url}/api/circuits?name=shop&command=${name}`, { method: "POST" })).status;
  expect(await command(second, "open")).toBe(200);
  await allAre("refused");
  expect(await command(first, "close")).toBe(200);
  await allAre("served");
});
