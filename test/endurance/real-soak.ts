/**
 * Minutes of real time in a process of its own, run with --expose-gc: a real upstream that fails, hangs and breaks off
 * in turns, a real Redis that is killed and comes back empty, and calls as fast as a small app makes them. Prints what
 * has grown since the first minute.
 *
 * node --expose-gc test/endurance/real-soak.ts [minutes]
 */
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import type * as Protego from "../../src/index.ts";
import type * as Options from "../../src/options.ts";
import type * as Stores from "../../src/redis.ts";
import { startRedis } from "../upstash-server/start-redis.ts";
import { startFlappingUpstream } from "./flapping-upstream.ts";

const load = <Module>(entry: string): Promise<Module> =>
  import(new URL(`../../dist/${entry}.js`, import.meta.url).href) as Promise<Module>;
const { circuits, createProtectedFetch, withProtego } = await load<typeof Protego>("index");
const { anyOf, consecutiveFailures, failureRate, hungCalls, staleIfError, watchBody } =
  await load<typeof Options>("options");
const { redisStore } = await load<typeof Stores>("redis");
const collect = (globalThis as unknown as { gc: () => void }).gc;

const minutes = Number(process.argv[2] ?? 10);
const upstream = await startFlappingUpstream();
const redis = await startRedis();
const client = new Redis(redis.port, "127.0.0.1", { maxRetriesPerRequest: 1 });
client.on("error", () => {}); // it is killed on purpose
const store = redisStore(client, { heartbeat: "2s" });
const opensOn = anyOf(
  consecutiveFailures(3),
  failureRate({ threshold: 0.5, window: "5s" }),
  hungCalls({ duration: "150ms" }),
);
const quick = { resetTimeout: "500ms", timeout: 300, quiet: true } as const;
const fetches = [
  createProtectedFetch({ ...quick, name: "shared", store }),
  createProtectedFetch({ ...quick, name: ({ url }) => `tenant ${url.slice(-2)}`, opensOn }),
  createProtectedFetch({
    ...quick,
    name: "watched",
    watchBody: watchBody({ idleTimeout: "200ms" }),
    stale: staleIfError({ maxEntries: 20 }),
  }),
];
const route = withProtego(async () => fetches[0]!(`${upstream.origin}/route`), { name: "route", store });
const longLived = new AbortController();
const watched: Array<WeakRef<object>> = [];
let mostKeys = 0;
const tally = { answered: 0, refused: 0, failed: 0 };

async function call(serial: number): Promise<void> {
  const own = new AbortController();
  const request = new Request(`${upstream.origin}/${serial % 100}`, {
    signal: serial % 2 ? own.signal : longLived.signal,
  });
  if (watched.length < 500) watched.push(new WeakRef(request), new WeakRef(own.signal));
  if (serial % 40 === 0) setTimeout(() => own.abort(), 20);
  try {
    const response =
      serial % 10 === 0 ? await route(request as never, {} as never) : await fetches[serial % 3]!(request);
    if (watched.length < 500) watched.push(new WeakRef(response));
    await (serial % 7 === 0 ? response.body?.cancel() : response.text());
    tally.answered++;
  } catch (error) {
    if ((error as Error).name === "CircuitOpenError") tally.refused++;
    else tally.failed++;
  }
}

/** Some hundred calls a second, and Redis killed every fifteen seconds for five. */
async function spell(untilMs: number): Promise<void> {
  let isUp = true;
  for (let serial = 0; performance.now() < untilMs; serial++) {
    const shouldBeUp = performance.now() % 15_000 < 10_000;
    if (isUp && !shouldBeUp) await redis.kill();
    if (!isUp && shouldBeUp) await redis.restart();
    isUp = shouldBeUp;
    void call(serial);
    if (serial % 4 === 0) await pause(10);
    if (isUp && serial % 1000 === 0) mostKeys = Math.max(mostKeys, Number(await redis.send("DBSIZE")));
  }
  if (!isUp) await redis.restart();
  await pause(1000);
}

async function sizes(): Promise<{ heapBytes: number; resources: number }> {
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await pause(20);
  }
  return { heapBytes: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo().length };
}

await spell(performance.now() + Math.min(60_000, minutes * 15_000));
const before = await sizes();
await spell(performance.now() + minutes * 60_000);
const after = await sizes();
await call(0); // a Redis that has just come back holds nothing
await pause(200);
const keys = (await redis.send("KEYS", "*")) as unknown[];
const lives = await Promise.all(keys.map((key) => redis.send("PTTL", String(key))));
await pause(2500);
const inFlight = circuits.snapshot().reduce((sum, each) => sum + each.inFlight, 0);
console.log(
  JSON.stringify({
    minutes,
    ...tally,
    grownBytes: after.heapBytes - before.heapBytes,
    grownResources: after.resources - before.resources,
    circuits: circuits.list().length,
    inFlight,
    alive: watched.filter((ref) => ref.deref() !== undefined).length,
    watched: watched.length,
    mostKeys,
    redisKeys: keys.length,
    keysWithoutEnd: lives.filter((life) => Number(life) <= 0).length,
  }),
);
client.disconnect();
await redis.stop();
await upstream.stop();
// Nothing of the package keeps the process alive: it ends here by itself.
