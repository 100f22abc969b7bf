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
