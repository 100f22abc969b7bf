import { Readable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { staleIfError, watchBody } from "../../src/options.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();
afterEach(() => vi.unstubAllGlobals());

test.each([
  ["watchBody", { watchBody: watchBody({ idleTimeout: "1s" }) }],
  ["staleIfError", { stale: staleIfError({ key: ({ url }) => url }) }],
])("%s leaves alone a body that is no stream of the web", async (_, options) => {
  const answer = { status: 200, ok: true, headers: new Headers(), body: Readable.from(["good"]) };
  const { fetch, totals } = guardedFetch({ ...options, fetch: () => Promise.resolve(answer as never) });
  expect(await fetch("https://a.test/")).toBe(answer);
  expect(totals()).toEqual(counted.success);
});

test.each([
  ["watchBody", { watchBody: watchBody({ idleTimeout: "1s" }) }],
  ["staleIfError", { stale: staleIfError({ key: ({ url }) => url }) }],
])("%s leaves alone a body that somebody reads already, or has read", async (_, options) => {
  const locked = new Response("good");
  locked.body!.getReader();
  const used = new Response("good");
  await used.text();
  for (const answer of [locked, used]) {
    const { fetch, totals } = guardedFetch({ ...options, fetch: () => Promise.resolve(answer) });
    expect(await fetch("https://a.test/")).toBe(answer);
    expect((await rejectionOf(answer.text())).name).toBe("TypeError");
    expect(totals()).toEqual(counted.success);
  }
});

/** As SDKs have them that bring an AbortController of their own: a signal by its tag and its parts. */
class PolyfilledSignal extends EventTarget {
  aborted = false;
  get [Symbol.toStringTag](): string {
    return "AbortSignal";
  }
  abort(): void {
    this.aborted = true;
    this.dispatchEvent(new Event("abort"));
  }
}

test("a fetch that takes a polyfilled signal is given one that follows it", async () => {
  const signal = new PolyfilledSignal();
  const given: AbortSignal[] = [];
  const { fetch, totals } = guardedFetch({
    fetch: (_, init) =>
      new Promise((_resolve, reject) => {
        given.push(init!.signal!);
        init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason as Error));
      }),
  });
  const call = rejectionOf(fetch("https://a.test/", { signal: signal as unknown as AbortSignal }));
  expect(given[0]!.aborted).toBe(false);
  signal.abort();
  expect(await call).toMatchObject({ name: "AbortError" });
  expect(totals()).toEqual(counted.nothing);
});

test("where AbortController is not the runtime's own, as under jsdom, an injected fetch refuses its signal", async () => {
  class Foreign {
    readonly signal = Object.assign(new EventTarget(), { aborted: false });
    abort(): void {}
  }
  vi.stubGlobal("AbortController", Foreign);
  const injected: typeof fetch = (...args) => globalThis.fetch(...args);
  const withTimeout = guardedFetch({ timeout: "1s", fetch: injected });
  expect((await rejectionOf(withTimeout.fetch(upstream.origin))).message).toMatch(
    /Expected signal .* to be an instance of AbortSignal/,
  );
  const without = guardedFetch({ timeout: false, fetch: injected });
  expect((await without.fetch(upstream.origin)).status).toBe(200);
  const nodesOwn = guardedFetch({ timeout: "1s" });
  expect((await nodesOwn.fetch(upstream.origin)).status).toBe(200);
});
