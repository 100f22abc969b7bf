import { beforeEach, describe, expect, test, vi } from "vitest";
import { cachedResponse } from "../../src/http/data-cache.ts";
import { protect } from "../../src/index.ts";
import type { RenderScope } from "../../src/runtime/render-scope.ts";
import { counted, guardedFetch, type GuardedFetch } from "./guarded-fetch.ts";
import { rejectionOf } from "./rejection-of.ts";

const render = vi.hoisted(() => ({ scope: undefined as RenderScope | undefined }));
vi.mock("../../src/runtime/render-scope.none.ts", () => ({ renderScope: () => render.scope }));
beforeEach(() => void (render.scope = undefined));

const url = "http://a.test/products";

/** A response as Next gives it out of its data cache: its `url` is fixed for good. */
function hit(status = 200): Response {
  return Object.defineProperty(new Response("cached", { status }), "url", { value: url });
}

/** Stands for the fetch that Next puts in place: it knows an answer or it asks the upstream. */
function nextsFetch(cached: () => Response | undefined, status = 503) {
  const sent = vi.fn<typeof fetch>(async () => new Response(null, { status }));
  const patched: typeof fetch = async (input, init) => {
    const answer = cached();
    if (answer) return answer;
    init?.signal?.throwIfAborted();
    return sent(input, init);
  };
  return { sent, fetch: Object.assign(patched, { __nextPatched: true }) };
}

function open(guarded: GuardedFetch): Promise<Response> {
  return guarded.fetch(url, { cache: "no-store" });
}

describe("a hit of Next's data cache", () => {
  test.each([200, 503])("of status %i says nothing about the upstream", async (status) => {
    const { fetch, totals } = guardedFetch({ fetch: nextsFetch(() => hit(status)).fetch });
    expect((await fetch(url)).status).toBe(status);
    expect(totals()).toEqual(counted.nothing);
  });

  test("is told apart from an answer that came just now", async () => {
    const { fetch, totals } = guardedFetch({ fetch: nextsFetch(() => undefined, 200).fetch });
    await fetch(url);
    expect(totals()).toEqual(counted.success);
  });

  test("is not seen in a fetch that is not Next's", async () => {
    const { fetch, totals } = guardedFetch({ fetch: async () => hit(503) });
    await fetch(url);
    expect(totals()).toEqual(counted.failure);
  });
});

describe("while the circuit is open", () => {
  test("what Next has cached is served, and nothing is sent", async () => {
    let cached: Response | undefined;
    const next = nextsFetch(() => cached);
    const guarded = guardedFetch({
      fetch: next.fetch,
      failureThreshold: 1,
      fallback: () => new Response("instead"),
    });
    await open(guarded);
    cached = hit();
    expect(await (await guarded.fetch(url, { next: { revalidate: 60 } })).text()).toBe("cached");
    expect(next.sent).toHaveBeenCalledTimes(1);
    expect(guarded.totals()).toEqual({ ...counted.failure, refused: 1, cache: 1 });
  });

  test("what Next has not cached is refused, and nothing is sent", async () => {
    const next = nextsFetch(() => undefined);
    const guarded = guardedFetch({ fetch: next.fetch, failureThreshold: 1 });
    await open(guarded);
    const error = await rejectionOf(guarded.fetch(url, { next: { revalidate: 60 } }));
    expect(error.name).toBe("CircuitOpenError");
    expect(next.sent).toHaveBeenCalledTimes(1);
  });

  test("a refresh in the background, for which Next drops the signal, reaches nobody", async () => {
    let dispatch: (() => void) | undefined;
    const patched = Object.assign(
      async (_: unknown, init?: RequestInit & { dispatcher?: { dispatch(): void } }) => {
        if (!init?.signal?.aborted) return new Response(null, { status: 503 });
        dispatch = () => init.dispatcher!.dispatch();
        return hit();
      },
      { __nextPatched: true },
    );
    const guarded = guardedFetch({ fetch: patched as typeof fetch, failureThreshold: 1 });
    await open(guarded);
    await guarded.fetch(url);
    expect(dispatch).toThrow(/refused a call/);
  });

  test("a Request is taken apart, as Next keeps no dispatcher of one, and its body stays unread", async () => {
    const asked = vi.fn<typeof fetch>(async () => new Response(null, { status: 503 }));
    const guarded = guardedFetch({
      fetch: Object.assign(asked, { __nextPatched: true }),
      failureThreshold: 1,
    });
    await open(guarded);
    asked.mockResolvedValue(hit());
    const request = new Request(url, { method: "PUT", headers: { "x-of": "request" }, body: "shoes" });
    const next = { revalidate: 60 };
    await guarded.fetch(request, { next });
    const [input, init] = asked.mock.lastCall!;
    expect(input).toBe(url);
    expect(init).toMatchObject({ method: "PUT", next, dispatcher: expect.anything(), mode: request.mode });
    expect(new Headers(init!.headers).get("x-of")).toBe("request");
    expect(await new Response(init!.body).text()).toBe("shoes");
    expect(request.bodyUsed).toBe(false);
  });

  test.each<[string, RequestInit & { next?: { revalidate: number } }]>([
    ["no-store", { cache: "no-store" }],
    ["revalidate 0", { next: { revalidate: 0 } }],
    ["a POST that asks for no caching", { method: "POST", body: "x" }],
  ])("Next is not asked for what it cannot have: %s", async (_, init) => {
    const asked = vi.fn<typeof fetch>(async () => new Response(null, { status: 503 }));
    const guarded = guardedFetch({
      fetch: Object.assign(asked, { __nextPatched: true }),
      failureThreshold: 1,
    });
    await open(guarded);
    await rejectionOf(guarded.fetch(url, init));
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

describe("in a render", () => {
  const rendering: RenderScope = { type: "request", phase: "render" };

  test("the timeout adds no signal, which would end Next's deduplication, and holds all the same", async () => {
    const inner = vi.fn<typeof fetch>(() => new Promise(() => {}));
    const { fetch, totals } = guardedFetch({ fetch: inner, timeout: "20ms" });
    render.scope = rendering;
    expect((await rejectionOf(fetch(url))).name).toBe("TimeoutError");
    expect(inner.mock.lastCall![1]?.signal).toBeUndefined();
    expect(totals()).toEqual(counted.failure);
  });

  test("a failure that Next hands to many callers counts once, and in the next render once more", async () => {
    const { fetch, totals } = guardedFetch({ fetch: async () => new Response(null, { status: 503 }) });
    render.scope = { ...rendering };
    await Promise.all([fetch(url), fetch(url), fetch(new Request(url))]);
    expect(totals()).toMatchObject({ failed: 1, ignored: 2 });
    render.scope = { ...rendering };
    await fetch(url);
    expect(totals()).toMatchObject({ failed: 2, ignored: 2 });
  });

  test.each<[string, () => [string, RequestInit?]]>([
    ["another URL", () => [`${url}?page=2`]],
    ["another method", () => [url, { method: "POST" }]],
    ["HEAD beside GET", () => [url, { method: "HEAD" }]],
    ["a signal of the caller's", () => [url, { signal: new AbortController().signal }]],
  ])("what Next does not deduplicate counts by itself: %s", async (_, call) => {
    const { fetch, totals } = guardedFetch({ fetch: async () => new Response(null, { status: 503 }) });
    render.scope = { ...rendering };
    await fetch(url);
    await fetch(...call());
    expect(totals()).toMatchObject({ failed: 2, ignored: 0 });
  });

  test("outside of a render every failure counts", async () => {
    const { fetch, totals } = guardedFetch({ fetch: async () => new Response(null, { status: 503 }) });
    render.scope = { type: "request", phase: "action" };
    await Promise.all([fetch(url), fetch(url)]);
    expect(totals()).toMatchObject({ failed: 2 });
  });
});

test.each([
  ["that Next gives up is no failure", true, counted.nothing],
  ["that goes on is one, though nobody asked for its end", false, counted.failure],
])("what ends in a render %s", async (_, isGivenUp, totals) => {
  const reason = new DOMException("This operation was aborted", "AbortError");
  const guarded = guardedFetch({ fetch: () => Promise.reject(reason) });
  const abortSignal = isGivenUp ? AbortSignal.abort(reason) : new AbortController().signal;
  render.scope = { type: "request", phase: "render", stagedRendering: { abortSignal } };
  expect(await rejectionOf(guarded.fetch(url))).toBe(reason);
  expect(guarded.totals()).toEqual(totals);
});

describe("where Next would keep what is returned", () => {
  const kept = [
    "prerender",
    "prerender-runtime",
    "prerender-legacy",
    "prerender-ppr",
    "cache",
    "unstable-cache",
  ];

  /** An open circuit in such a scope, whose fetch has this to say. */
  async function refusedIn(type: string, says: () => Promise<Response> | Response): Promise<GuardedFetch> {
    let answer = async (): Promise<Response> => new Response(null, { status: 503 });
    const guarded = guardedFetch({
      fetch: Object.assign(() => answer(), { __nextPatched: true }),
      failureThreshold: 1,
      fallback: () => new Response("instead"),
      stale: { remember: (_input, _init, response) => response, recall: () => new Response("stale") },
    });
    await open(guarded);
    answer = async () => says();
    render.scope = { type };
    return guarded;
  }

  test.each(kept.filter((type) => type !== "prerender-runtime"))(
    "an open circuit throws, whatever could answer instead: %s",
    async (type) => {
      const guarded = await refusedIn(type, () => Promise.reject(new Error("aborted")));
      expect((await rejectionOf(guarded.fetch(url))).name).toBe("CircuitOpenError");
      expect(guarded.totals()).toMatchObject({ refused: 1, fallback: 0, cache: 0 });
    },
  );

  test("what is rendered ahead for a visitor waits for them: they may not be refused any more", async () => {
    const guarded = await refusedIn("prerender-runtime", () => Promise.reject(new Error("aborted")));
    const settled = vi.fn<(outcome: unknown) => void>();
    void guarded.fetch(url).then(settled, settled);
    const load = protect(async () => "loaded", { name: guarded.name });
    void load().then(settled, settled);
    await vi.waitFor(() => expect(guarded.totals().refused).toBe(2));
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).not.toHaveBeenCalled();
  });

  test.each(kept)("what Next has cached is served, as without a circuit: %s", async (type) => {
    const guarded = await refusedIn(type, () => hit());
    expect(await (await guarded.fetch(url)).text()).toBe("cached");
    expect(guarded.totals()).toMatchObject({ refused: 1, fallback: 0, cache: 1 });
  });

  test.each<[string, RequestInit & { next?: { revalidate: number } }]>([
    ["without a word of caching", {}],
    ["no-store", { cache: "no-store" }],
    ["revalidate 0", { next: { revalidate: 0 } }],
    ["a POST", { method: "POST", body: "x" }],
  ])("a call that Next leaves for later is left for later: %s", async (_, init) => {
    const hanging = Object.assign(new Error("left hanging"), { digest: "HANGING_PROMISE_REJECTION" });
    const guarded = await refusedIn("prerender", () => Promise.reject(hanging));
    expect(await rejectionOf(guarded.fetch(url, init))).toBe(hanging);
  });

  test("a fetch that is not Next's is not asked", async () => {
    const asked = vi.fn<typeof fetch>(async () => new Response(null, { status: 503 }));
    const guarded = guardedFetch({ fetch: asked, failureThreshold: 1 });
    await open(guarded);
    render.scope = { type: "prerender" };
    expect((await rejectionOf(guarded.fetch(url))).name).toBe("CircuitOpenError");
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test("a promise that Next lets hang in a prerender is no timeout of the upstream's", async () => {
    const { fetch, totals } = guardedFetch({ fetch: () => new Promise(() => {}), timeout: "20ms" });
    render.scope = { type: "prerender" };
    expect((await rejectionOf(fetch(url))).name).toBe("TimeoutError");
    expect(totals()).toEqual(counted.nothing);
  });
});

test("a refusal keeps its stack, although Node's fetch writes the stack of an abort's reason anew", async () => {
  const rewriting = async (_: unknown, init?: RequestInit): Promise<Response> => {
    const reason = init!.signal!.reason as Error;
    Error.captureStackTrace(reason);
    throw reason;
  };
  const error = new Error("refused");
  const { stack } = error;
  expect(
    await cachedResponse(rewriting as typeof fetch, "https://a.example", undefined, error),
  ).toBeUndefined();
  expect(error.stack).toBe(stack);
});
