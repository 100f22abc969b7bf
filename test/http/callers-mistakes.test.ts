import { Agent } from "undici";
import { expect, test, vi } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();

type Send = (fetch: typeof globalThis.fetch, url: string) => Promise<unknown>;

const body = { body: "x" };

const stream = (): ReadableStream => new Blob(["x"]).stream();

const lockedStream = (): ReadableStream => {
  const locked = stream();
  locked.getReader();
  return locked;
};

const usedBody = (url: string): Request => {
  const request = new Request(url, { method: "POST", body: "once" });
  void request.text();
  return request;
};

test("a fetch that was taken from its object is the caller's mistake", async () => {
  const illegal = new TypeError("Illegal invocation: function called with incorrect `this` reference.");
  const { fetch, totals } = guardedFetch({ fetch: () => Promise.reject(illegal) });
  expect(await rejectionOf(fetch("https://service.test/"))).toBe(illegal);
  expect(totals()).toEqual(counted.nothing);
});

test("nor does it count that this place makes signals that its fetch does not know, as jsdom does", async () => {
  class OthersController {
    readonly signal = new EventTarget();
    abort(): void {}
  }
  vi.stubGlobal("AbortController", OthersController);
  try {
    const { fetch, totals } = guardedFetch({ fetch: (...args) => globalThis.fetch(...args) });
    const error = await rejectionOf(fetch(upstream.origin));
    expect(error).toMatchObject({ name: "TypeError", message: expect.stringContaining("AbortSignal") });
    expect(totals()).toEqual(counted.nothing);
  } finally {
    vi.unstubAllGlobals();
  }
});

const mistakes: Array<[string, Send]> = [
  ["no URL", (fetch) => (fetch as unknown as () => Promise<Response>)()],
  ["text that is no URL", (fetch) => fetch("not a url")],
  ["a relative URL", (fetch) => fetch("/products")],
  ["an empty URL", (fetch) => fetch("")],
  ["a scheme that fetch does not know", (fetch) => fetch("ftp://127.0.0.1/file")],
  ["credentials in the URL", (fetch, url) => fetch(url.replace("//", "//user:secret@"))],
  ["a port that fetch blocks", (fetch) => fetch("http://127.0.0.1:1/")],
  ["a body on GET", (fetch, url) => fetch(url, body)],
  ["a body on HEAD", (fetch, url) => fetch(url, { ...body, method: "HEAD" })],
  ["a method that is no token", (fetch, url) => fetch(url, { method: "GET THIS" })],
  ["a forbidden method", (fetch, url) => fetch(url, { method: "TRACE" })],
  ["a header name that is no token", (fetch, url) => fetch(url, { headers: { "a b": "c" } })],
  ["a header value with a line break", (fetch, url) => fetch(url, { headers: { a: "b\r\nc: d" } })],
  ["an unknown mode", (fetch, url) => fetch(url, { mode: "strange" as RequestMode })],
  ["an unknown cache mode", (fetch, url) => fetch(url, { cache: "strange" as RequestCache })],
  ["an unknown redirect mode", (fetch, url) => fetch(url, { redirect: "strange" as RequestRedirect })],
  ["a signal that is none", (fetch, url) => fetch(url, { signal: {} as AbortSignal })],
  ["a window that is not null", (fetch, url) => fetch(url, { window: {} as unknown as null })],
  ["an init that is no object", (fetch, url) => fetch(url, "init" as RequestInit)],
  ["a Request whose body was read", (fetch, url) => fetch(usedBody(url))],
  ["a stream without duplex", (fetch, url) => fetch(url, { method: "POST", body: stream() })],
  [
    "a stream that somebody else reads",
    (fetch, url) => fetch(url, { method: "POST", body: lockedStream(), duplex: "half" } as RequestInit),
  ],
];

test.each(mistakes)("%s never counts, and the error is fetch's own", async (_, send) => {
  const { fetch, name } = guardedFetch({ failureThreshold: 1 });
  const url = upstream.status(200);
  const native = await rejectionOf(send(globalThis.fetch, url));
  for (let call = 0; call < 2; call++) {
    const error = await rejectionOf(send(fetch, url));
    expect([error.name, error.message]).toEqual([native.name, native.message]);
    expect((error.cause as Error)?.message).toBe((native.cause as Error)?.message);
  }
  const circuit = circuits.get(name);
  expect(circuit?.state ?? "closed").toBe("closed");
  expect(circuit?.snapshot().totals.failed ?? 0).toBe(0);
  expect(upstream.hits).toBe(0);
});

test.each([
  ["unknown scheme", undefined],
  ["bad port", undefined],
  ["expect header not supported", "UND_ERR_NOT_SUPPORTED"],
  ["invalid upgrade header", "UND_ERR_INVALID_ARG"],
  ["Request body length does not match content-length header", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"],
  ["Requests to port 1 are blocked", undefined],
  ["Encountered redirect while redirect mode is set to 'error'", undefined],
  ["Request body already used", "ERR_BODY_ALREADY_USED"],
  ["The client is destroyed", "UND_ERR_DESTROYED"],
  ["The client is closed", "UND_ERR_CLOSED"],
  ["connect ERR_ACCESS_DENIED Access to this API has been restricted.", "ERR_ACCESS_DENIED"],
  ["Too many subrequests.", undefined],
  ["Too many subrequests by single Worker invocation.", undefined],
  ["Cannot perform I/O on behalf of a different request. I/O objects (such as streams, …", undefined],
  ["Cannot perform I/O on behalf of a different Durable Object. I/O objects (such as …", undefined],
])("another runtime's words for a refusal to send count no more: %s", async (message, code) => {
  for (const error of [
    Object.assign(new TypeError(message), { code }),
    new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) }),
  ]) {
    const { fetch, circuit } = guardedFetch({ fetch: () => Promise.reject(error) });
    expect(await rejectionOf(fetch("http://a.test"))).toBe(error);
    expect(circuit().snapshot().totals).toEqual(counted.nothing);
  }
});

test("Deno without leave to use the network names its error, not a code", async () => {
  const denied = Object.assign(new Error('Requires net access to "a.test:80", run again with …'), {
    name: "NotCapable",
  });
  const { fetch, totals } = guardedFetch({ fetch: () => Promise.reject(denied) });
  expect(await rejectionOf(fetch("http://a.test"))).toBe(denied);
  expect(totals()).toEqual(counted.nothing);
});

test.each([
  "Too many subrequests.",
  "Illegal invocation: function called with incorrect `this` reference.",
  "Cannot perform I/O on behalf of a different request.",
])("what another Worker throws behind a binding is its own failure: %s", async (message) => {
  const thrown = Object.assign(new TypeError(message), { remote: true });
  const { fetch, totals } = guardedFetch({ fetch: () => Promise.reject(thrown) });
  expect(await rejectionOf(fetch("http://service.test"))).toBe(thrown);
  expect(totals()).toEqual(counted.failure);
});

test("a dispatcher that the app has closed, as it shuts down, says nothing about the upstream", async () => {
  const closed = new Agent();
  await closed.close();
  const { fetch, totals } = guardedFetch();
  const init = { dispatcher: closed } as RequestInit;
  expect(await rejectionOf(fetch(upstream.origin, init))).toMatchObject({ message: "fetch failed" });
  expect(totals()).toEqual(counted.nothing);
});

test.each([
  ["redirects that go elsewhere", "URL scheme must be a HTTP(S) scheme", undefined],
  ["redirects without an end", "redirect count exceeded", undefined],
  ["a body that is not what its headers say", "Response body length", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"],
  ["failures that a RetryAgent has given up on", "Request failed", "UND_ERR_REQ_RETRY"],
])("what the upstream answered is its own: %s", async (_what, message, code) => {
  const cause = Object.assign(new Error(message), { code });
  const { fetch, totals } = guardedFetch({
    fetch: () => Promise.reject(new TypeError("fetch failed", { cause })),
  });
  await rejectionOf(fetch("http://a.test"));
  expect(totals()).toEqual(counted.failure);
});

test.each([
  "https://a.test/portfolio",
  "https://a.test/imported%20redirect?port=1",
  "https://a.test/is_used",
  "https://unusable.test/AbortSignal",
])("what a URL says is no word of a runtime's: Deno quotes %s", async (url) => {
  const cause = new Error(
    `error sending request for url (${url}): client error (Connect): Connection refused (os error 111)`,
  );
  const { fetch, totals } = guardedFetch({
    fetch: () => Promise.reject(new TypeError("fetch failed", { cause })),
  });
  await rejectionOf(fetch(url));
  expect(totals()).toEqual(counted.failure);
});

test("nor is what a host is called: Chromium quotes it", async () => {
  const { fetch, totals } = guardedFetch({
    fetch: () => Promise.reject(new TypeError("Failed to fetch (port.a.test)")),
  });
  await rejectionOf(fetch("https://port.a.test/"));
  expect(totals()).toEqual(counted.failure);
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["text", "broken"],
  ["an Error", new Error("broken")],
])(
  "what an odd fetch rejects with counts, where nothing of the caller's can have broken: %s",
  async (_what, reason) => {
    const { fetch, totals } = guardedFetch({ fetch: () => Promise.reject(reason as Error) });
    await rejectionOf(fetch("http://a.test", { method: "POST", body: "x" }));
    expect(totals()).toEqual(counted.failure);
  },
);

test("what makes no sense as a URL makes no circuit", async () => {
  const before = circuits.list().length;
  const fetch = createProtectedFetch();
  for (const url of ["not a url", "/products", "", "ftp://127.0.0.1/"]) await rejectionOf(fetch(url));
  expect(circuits.list()).toHaveLength(before);
});

test("a mistake does not hide the failures around it", async () => {
  const { fetch, circuit } = guardedFetch();
  for (const url of [503, 503].map((status) => upstream.status(status))) await fetch(url);
  await rejectionOf(fetch(upstream.origin, body));
  expect(circuit().state).toBe("closed");
  await fetch(upstream.status(503));
  expect(circuit().state).toBe("open");
});
