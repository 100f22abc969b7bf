/**
 * Hours of virtual time in a process of its own, run with --expose-gc: an upstream and a store that come and go, many
 * origins, aborts, timeouts, streams. Prints what has grown.
 */
import { setTimeout as pause } from "node:timers/promises";
import type * as Protego from "../../src/index.ts";
import type * as Options from "../../src/options.ts";
import type * as Shared from "../../src/redis.ts";

const load = <Module>(entry: string): Promise<Module> =>
  import(new URL(`../../dist/${entry}.js`, import.meta.url).href) as Promise<Module>;
const { circuits, createProtectedFetch } = await load<typeof Protego>("index");
const { staleIfError, watchBody } = await load<typeof Options>("options");
const { memoryStore, shareStore } = await load<typeof Shared>("redis");
const collect = (globalThis as unknown as { gc: () => void }).gc;

let now = 0;
let seed = 1;
const chance = (): number => {
  seed = (seed * 16_807) % 2_147_483_647;
  return seed / 2_147_483_647;
};
const inner = memoryStore(() => now);
const store = shareStore({
  step: (circuit, request) =>
    Math.floor(now / 600_000) % 3 === 2 ? Promise.reject(new Error("away")) : inner.step(circuit, request),
});
const refs: Array<WeakRef<object>> = [];

/** An upstream that is down every other ten minutes, and now and then slow, hanging or breaking off. */
const upstream: typeof fetch = (_, init) => {
  const dice = chance();
  if (Math.floor(now / 300_000) % 2 === 1 && dice < 0.9) return Promise.reject(new TypeError("fetch failed"));
  if (dice < 0.01) {
    return new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal!.reason as Error), { once: true });
    });
  }
  const body =
    dice < 0.05
      ? new ReadableStream({ start: (controller) => controller.error(new Error("broken off")) })
      : "answer ".repeat(50);
  return Promise.resolve(new Response(body, { status: dice > 0.97 ? 503 : 200 }));
};

const common = { clock: { now: () => now }, fetch: upstream, timeout: 20, quiet: true };
const fetches = [
  createProtectedFetch({ ...common, name: "shared", store }),
  createProtectedFetch(common),
  createProtectedFetch({
    ...common,
    name: "watched",
    watchBody: watchBody({ idleTimeout: "1s" }),
    stale: staleIfError({ maxEntries: 20, key: ({ url }) => url }),
  }),
];
const longLived = new AbortController();
// Deadlines alone keep no process alive.
const awake = setInterval(() => {}, 1000);

async function spell(calls: number): Promise<void> {
  for (let i = 0; i < calls; i++) {
    now += 250;
    const request = new Request(`https://tenant-${i % 3000}.test/${i % 50}`);
    const own = new AbortController();
    const signal = i % 3 === 0 ? longLived.signal : own.signal;
    if (refs.length < 400) refs.push(new WeakRef(request), new WeakRef(own.signal));
    const call = fetches[i % 3]!(request, { signal }).then(
      (response) => {
        if (refs.length < 400) refs.push(new WeakRef(response));
        return response.text();
      },
      () => undefined,
    );
    if (i % 50 === 0) own.abort();
    // oxlint-disable-next-line no-await-in-loop
    await call.catch(() => {});
    // oxlint-disable-next-line no-await-in-loop
    if (i % 500 === 0) await pause(1);
  }
  await pause(50);
}

async function heap(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    collect();
    // oxlint-disable-next-line no-await-in-loop
    await pause(5);
  }
  return process.memoryUsage().heapUsed;
}

await spell(10_000);
const before = await heap();
await spell(Number(process.argv[2] ?? 40_000));
const after = await heap();
await pause(2500);
clearInterval(awake);
console.log(
  JSON.stringify({
    virtualHours: Math.round(now / 360_000) / 10,
    grownBytes: after - before,
    circuits: circuits.list().length,
    inFlight: circuits.snapshot().reduce((sum, { inFlight }) => sum + inFlight, 0),
    alive: refs.filter((ref) => ref.deref() !== undefined).length,
    watched: refs.length,
    resources: process.getActiveResourcesInfo().filter((kind) => !/TTY|Pipe|File/.test(kind)),
  }),
);
