import type { AsyncLocalStorage } from "node:async_hooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, isCircuitOpenError } from "../../src/index.ts";
import { protectFetch } from "../../src/next.ts";
import { resetCircuits } from "../../src/testing.ts";
import { loopbackServer } from "../http/loopback-server.ts";

// Next's storages look for it when they are loaded, as its server has it.
vi.hoisted(() => Object.assign(globalThis, process.getBuiltinModule("node:async_hooks")));

// As under Next's bundlers, which know the `react-server` condition.
// As `render-scope.next.ts` does it, which asks for Next by a CommonJS file.
vi.mock("../../src/runtime/render-scope.none.ts", async () => {
  const { workUnitAsyncStorage } =
    await import("next/dist/server/app-render/work-unit-async-storage.external.js");
  return { renderScope: () => workUnitAsyncStorage.getStore() };
});

const upstream = loopbackServer();
const original = globalThis.fetch;

/** Next's own patch of fetch, in this process: undocumented, so what it does in an app is shown by real builds. */
interface NextInternals {
  patchFetch(storages: object): void;
  workAsyncStorage: AsyncLocalStorage<object>;
  workUnitAsyncStorage: AsyncLocalStorage<object>;
}
let next: NextInternals;

let undo: () => void;
function protect(refusals: "thrown" | "answered"): void {
  undo = protectFetch({ origins: [upstream.origin], name: "upstream", refusals });
}

beforeAll(async () => {
  const [patch, work, unit] = (await Promise.all([
    import("next/dist/server/lib/patch-fetch.js"),
    import("next/dist/server/app-render/work-async-storage.external.js"),
    import("next/dist/server/app-render/work-unit-async-storage.external.js"),
  ])) as unknown as [NextInternals, NextInternals, NextInternals];
  next = { ...patch, ...work, ...unit };
  protect("thrown");
  next.patchFetch(next);
});
afterAll(() => {
  undo();
  globalThis.fetch = original;
});

const kept = new Map<string, unknown>();
let isStale = false;
beforeEach(() => {
  resetCircuits();
  kept.clear();
  isStale = false;
});

/** Next's data cache, as far as its patch of fetch asks it. */
const incrementalCache = {
  lock: async () => async () => {},
  generateCacheKey: async (url: string) => url,
  get: async (key: string) => (kept.has(key) ? { isStale, value: kept.get(key) } : null),
  set: async (key: string, value: unknown) => void kept.set(key, value),
};

/** Makes the call as in that scope of Next's, and waits for what goes on behind it. */
async function inScope(type: string, call: () => Promise<Response>): Promise<Response> {
  const work = { route: "/", incrementalCache, fetchMetrics: [], pendingRevalidates: {} };
  const unit = { type, phase: "action", tags: [], implicitTags: { tags: [] }, revalidate: 10, expire: 10 };
  try {
    return await next.workAsyncStorage.run(work, () => next.workUnitAsyncStorage.run(unit, call));
  } finally {
    await Promise.allSettled(Object.values(work.pendingRevalidates));
  }
}

const cachedFetch = (): Promise<Response> =>
  fetch(upstream.origin, { next: { revalidate: 10 } } as RequestInit);
const totals = () => circuits.get("upstream")?.snapshot().totals;

describe.each(["thrown", "answered"] as const)("beneath Next's data cache, refusals %s:", (refusals) => {
  beforeEach(() => protect(refusals));

  test("a hit is served while open, and counts nothing", async () => {
    await inScope("request", cachedFetch);
    circuits.get("upstream")!.open();
    expect((await inScope("request", cachedFetch)).status).toBe(200);
    expect(totals()).toMatchObject({ allowed: 1, refused: 0 });
    expect(upstream.hits).toBe(1);
  });

  test("a stale hit is served while open; the refresh behind it is refused, and stores nothing", async () => {
    const logged = vi.spyOn(console, "error").mockReturnValue();
    await inScope("request", cachedFetch);
    const good = [...kept.values()];
    circuits.get("upstream")!.open();
    isStale = true;
    expect((await inScope("request", cachedFetch)).status).toBe(200);
    expect(totals()).toMatchObject({ allowed: 1, refused: 1 });
    expect([[...kept.values()], upstream.hits]).toEqual([good, 1]);
    logged.mockRestore();
  });

  test("a miss while open stores nothing", async () => {
    circuits.register("upstream").open();
    const told = inScope("request", cachedFetch).then(({ status }) => status, isCircuitOpenError);
    expect(await told).toBe(refusals === "answered" ? 504 : true);
    expect([kept.size, upstream.hits]).toEqual([0, 0]);
  });

  test.each(["prerender-legacy", "unstable-cache", "cache"])(
    "what would be kept whole, in a scope %s, is thrown",
    async (scope) => {
      circuits.register("upstream").open();
      await expect(inScope(scope, () => fetch(upstream.origin))).rejects.toSatisfy(isCircuitOpenError);
    },
  );

  test.each<[string, () => RequestInfo | URL]>([
    ["a string", () => upstream.origin],
    ["a URL", () => new URL(upstream.origin)],
    ["a Request", () => new Request(upstream.origin)],
  ])("a wrapped call with %s passes, through Next's patch", async (_, input) => {
    const wrapped = createProtectedFetch({ name: "wrapped" });
    expect((await inScope("request", () => wrapped(input()))).status).toBe(200);
    expect(circuits.get("wrapped")?.snapshot().totals).toMatchObject({ allowed: 1, succeeded: 1 });
    expect(totals()).toBeUndefined();
  });

  test("a refused call of a wrapper on the same circuit counts as one refusal", async () => {
    const wrapped = createProtectedFetch({ name: "upstream" });
    circuits.register("upstream").open();
    await expect(inScope("request", () => wrapped(upstream.origin))).rejects.toSatisfy(isCircuitOpenError);
    expect([totals()!.refused, upstream.hits]).toEqual([1, 0]);
  });
});
