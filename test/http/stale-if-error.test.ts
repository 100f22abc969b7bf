import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { monotonicClock } from "../../src/runtime/clock.ts";
import { staleIfError, type StaleOptions } from "../../src/options.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();
let now = 0;

beforeEach(() => {
  now = 1000;
  vi.spyOn(monotonicClock, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

function good(headers: Record<string, string> = {}, body = "good"): void {
  upstream.answer = (_, response) => response.writeHead(200, headers).end(body);
}

function bad(): void {
  upstream.answer = (_, response) => response.writeHead(503).end("bad");
}

function remembering(options: StaleOptions = {}) {
  return guardedFetch({ stale: staleIfError(options), failureThreshold: 5 });
}

type Guarded = ReturnType<typeof remembering>;

/** Reads an answer, and lets what is kept in the background be kept. */
async function read(fetch: Guarded["fetch"], path = "/", init?: RequestInit): Promise<string> {
  const text = await (await fetch(upstream.origin + path, init)).text();
  await new Promise((resolve) => setImmediate(resolve));
  return text;
}

test("the last good answer is served while calls fail and while the circuit is open, marked", async () => {
  const { fetch, circuit } = remembering();
  good({ "content-type": "text/plain", "x-a": "b" }, "first");
  await read(fetch);
  good({ "content-type": "text/plain", "x-a": "c" }, "second");
  await read(fetch);
  bad();
  for (let call = 0; call < 7; call++) {
    now += 1500;
    const response = await fetch(`${upstream.origin}/`);
    expect([response.status, await response.text()]).toEqual([200, "second"]);
    expect(response.headers.get("x-a")).toBe("c");
    expect(response.headers.get("protego-stale")).toBe("1");
    expect(response.headers.get("age")).toBe(String(Math.floor((1500 * (call + 1)) / 1000)));
    expect(response.url).toBe(`${upstream.origin}/`);
  }
  expect(circuit().state).toBe("open");
});

test("a network error and a timeout are answered too", async () => {
  const stale = staleIfError();
  good();
  await read(guardedFetch({ stale }).fetch);
  const { fetch, totals } = guardedFetch({ stale, timeout: 50 });
  upstream.answer = (_, response) => response.destroy();
  expect(await read(fetch)).toBe("good");
  expect(totals()).toMatchObject({ failed: 1 });
  upstream.answer = () => {};
  expect(await read(fetch)).toBe("good");
  expect(totals()).toMatchObject({ failed: 2 });
});

test("a fresh answer is not marked", async () => {
  const { fetch } = remembering();
  good();
  await read(fetch);
  const response = await fetch(`${upstream.origin}/`);
  expect(response.headers.has("protego-stale")).toBe(false);
});

test("the age that the upstream told is added to", async () => {
  const { fetch } = remembering();
  good({ age: "100" });
  await read(fetch);
  bad();
  now += 20_000;
  expect((await fetch(`${upstream.origin}/`)).headers.get("age")).toBe("120");
});

test("encoded bodies are kept decoded", async () => {
  const { gzipSync } = await import("node:zlib");
  const { fetch } = remembering();
  upstream.answer = (_, response) =>
    response.writeHead(200, { "content-encoding": "gzip", vary: "Accept-Encoding" }).end(gzipSync("zipped"));
  await read(fetch);
  bad();
  const response = await fetch(`${upstream.origin}/`);
  expect(await response.text()).toBe("zipped");
  expect(response.headers.has("content-encoding")).toBe(false);
});

describe("how it is marked", () => {
  async function marks(fetch: Guarded["fetch"]): Promise<string | null> {
    return (await fetch(`${upstream.origin}/`)).headers.get("cache-status");
  }

  test("by Cache-Status: what became of the call, and for how long the answer has been stale", async () => {
    const { fetch, circuit } = remembering();
    good({ "cache-control": "max-age=60" });
    await read(fetch);
    bad();
    now += 20_500;
    expect(await marks(fetch)).toBe("next-protego; fwd=bypass; fwd-status=503; ttl=39");
    now += 60_000;
    expect(await marks(fetch)).toBe("next-protego; fwd=stale; fwd-status=503; ttl=-21");
    upstream.answer = (_, response) => response.destroy();
    expect(await marks(fetch)).toBe("next-protego; fwd=stale; ttl=-21");
    circuit().open();
    expect(await marks(fetch)).toBe("next-protego; hit; ttl=-21");
  });

  test("after what the caches on the way said, which is no Warning any more", async () => {
    const { fetch } = remembering();
    good({ "cache-status": "edge; hit", warning: '110 edge "stale"', connection: "x-hop", "x-hop": "1" });
    await read(fetch);
    bad();
    const { headers } = await fetch(`${upstream.origin}/`);
    expect(headers.get("cache-status")).toBe("edge; hit, next-protego; fwd=stale; fwd-status=503; ttl=0");
    expect(["warning", "connection", "x-hop"].filter((name) => headers.has(name))).toEqual([]);
  });
});

/** Ten seconds later than it was kept. */
const directives: Array<[string, Record<string, string>, RequestInit["headers"], boolean]> = [
  ["nothing", {}, {}, true],
  ["public, fresh", { "cache-control": "public, max-age=60" }, {}, true],
  ["stale", { "cache-control": "max-age=5" }, {}, true],
  ["no-store", { "cache-control": "no-store" }, {}, false],
  ["no-store beside must-understand", { "cache-control": "must-understand, no-store" }, {}, false],
  ["private", { "cache-control": "max-age=60, Private" }, {}, false],
  ["private fields", { "cache-control": 'private="x-user", max-age=60' }, {}, false],
  ["no-cache", { "cache-control": "no-cache" }, {}, false],
  ["no-cache fields", { "cache-control": 'max-age=60, no-cache="x-a"' }, {}, false],
  ["a directive inside of quotes", { "cache-control": 'extension="no-store, private"' }, {}, true],
  ["must-revalidate", { "cache-control": "must-revalidate" }, {}, false],
  ["must-revalidate, fresh", { "cache-control": "max-age=60, must-revalidate" }, {}, true],
  ["must-revalidate, stale", { "cache-control": "max-age=5, must-revalidate" }, {}, false],
  ["proxy-revalidate, stale", { "cache-control": "max-age=5, proxy-revalidate" }, {}, false],
  ["s-maxage, fresh", { "cache-control": "s-maxage=60, max-age=0" }, {}, true],
  ["s-maxage, stale", { "cache-control": "s-maxage=5, max-age=60" }, {}, false],
  ["stale-if-error=0", { "cache-control": "stale-if-error=0" }, {}, false],
  ["stale-if-error=0, fresh", { "cache-control": "max-age=60, stale-if-error=0" }, {}, true],
  ["a shorter stale-if-error", { "cache-control": "stale-if-error=9" }, {}, false],
  ["a longer stale-if-error", { "cache-control": "stale-if-error=10" }, {}, true],
  ["stale-if-error after max-age", { "cache-control": "max-age=5, stale-if-error=5" }, {}, true],
  ["stale-if-error after max-age, over", { "cache-control": "max-age=5, stale-if-error=4" }, {}, false],
  [
    "stale-if-error beside must-revalidate",
    { "cache-control": "must-revalidate, stale-if-error=60" },
    {},
    false,
  ],
  ["a stale-if-error that is no number", { "cache-control": "stale-if-error=ever" }, {}, false],
  ["two that contradict each other", { "cache-control": "stale-if-error=60, stale-if-error=90" }, {}, false],
  ["an Age that makes it stale", { "cache-control": "max-age=60, must-revalidate", age: "51" }, {}, false],
  ["an Age that leaves it fresh", { "cache-control": "max-age=60, must-revalidate", age: "49" }, {}, true],
  ["an Age that makes no sense", { "cache-control": "max-age=60, must-revalidate", age: "old" }, {}, true],
  [
    "Expires, fresh",
    {
      "cache-control": "must-revalidate",
      date: "Sat, 21 Nov 2026 10:00:00 GMT",
      expires: "Sat, 21 Nov 2026 10:01:00 GMT",
    },
    {},
    true,
  ],
  [
    "Expires, stale",
    {
      "cache-control": "must-revalidate",
      date: "Sat, 21 Nov 2026 10:00:00 GMT",
      expires: "Sat, 21 Nov 2026 10:00:05 GMT",
    },
    {},
    false,
  ],
  ["Expires: 0", { "cache-control": "must-revalidate", expires: "0" }, {}, false],
  ["Vary: *", { vary: "accept, *" }, {}, false],
  ["Vary by what the request has not", { vary: "Accept-Language, Cookie" }, {}, true],
  ["Vary by what it has", { vary: "Accept-Language" }, { "accept-language": "de" }, true],
  ["Set-Cookie", { "set-cookie": "session=1" }, {}, false],
  ["a request with no-store", {}, { "cache-control": "no-store" }, false],
  ["a request with no-cache", {}, { "cache-control": "no-cache" }, false],
  ["a request with Pragma", {}, { pragma: "no-cache" }, false],
  ["a request with Pragma and Cache-Control", {}, { pragma: "no-cache", "cache-control": "max-stale" }, true],
  ["a request with only-if-cached", {}, { "cache-control": "only-if-cached" }, true],
  ["a request that wants it fresh", {}, { "cache-control": "max-age=60" }, false],
  [
    "a request that gets it fresh",
    { "cache-control": "max-age=60" },
    { "cache-control": "max-age=60" },
    true,
  ],
  [
    "a request that wants it younger",
    { "cache-control": "max-age=60" },
    { "cache-control": "max-age=9" },
    false,
  ],
  ["min-fresh, kept", { "cache-control": "max-age=60" }, { "cache-control": "min-fresh=50" }, true],
  ["min-fresh, not kept", { "cache-control": "max-age=60" }, { "cache-control": "min-fresh=51" }, false],
  ["max-stale without a bound", {}, { "cache-control": "max-age=60, max-stale" }, true],
  ["max-stale, within", {}, { "cache-control": "max-stale=10" }, true],
  ["max-stale, over", {}, { "cache-control": "max-stale=9" }, false],
  ["a request's own stale-if-error", {}, { "cache-control": "stale-if-error=9" }, false],
  ["a Range", {}, { range: "bytes=0-1" }, false],
  ...["match", "none-match", "modified-since", "unmodified-since", "range"].map(
    (condition): (typeof directives)[number] => [
      `If-${condition}`,
      {},
      { [`if-${condition}`]: '"a"' },
      false,
    ],
  ),
];

test.each(directives)("%s: whether it is served", async (_what, answered, headers, isServed) => {
  const { fetch } = remembering();
  good(answered);
  await read(fetch, "/", { headers: headers! });
  bad();
  now += 10_000;
  expect(await read(fetch, "/", { headers: headers! })).toBe(isServed ? "good" : "bad");
});

test.each<[string, RequestInit, boolean, boolean]>([
  ["no-store", { cache: "no-store" }, false, false],
  ["reload", { cache: "reload" }, true, false],
  ["no-cache", { cache: "no-cache" }, true, false],
  ["force-cache", { cache: "force-cache" }, true, true],
  ["default", { cache: "default" }, true, true],
  ["revalidate: 0 of Next", { next: { revalidate: 0 } } as RequestInit, false, false],
  ["no-cache in a header", { headers: { "cache-control": "no-cache" } }, true, false],
  ["a condition", { headers: { "if-none-match": '"a"' } }, false, false],
])("a call with %s: whether its answer is kept, whether it gets one", async (_what, init, keeps, gets) => {
  const kept = remembering();
  good();
  await read(kept.fetch, "/", init);
  const served = remembering();
  await read(served.fetch);
  const asRequest = remembering();
  await (await asRequest.fetch(new Request(`${upstream.origin}/`, init), init)).text();
  bad();
  expect(await read(kept.fetch)).toBe(keeps ? "good" : "bad");
  expect(await read(asRequest.fetch)).toBe(keeps ? "good" : "bad");
  expect(await read(served.fetch, "/", init)).toBe(gets ? "good" : "bad");
});

describe("what is not kept", () => {
  test.each<[string, RequestInit]>([
    ["a POST", { method: "POST", body: "x" }],
    ["a range", { headers: { range: "bytes=0-1" } }],
    ["one that says so", { protego: { stale: false } } as RequestInit],
  ])("%s", async (_what, init) => {
    const { fetch } = remembering();
    good();
    await read(fetch, "/", init);
    bad();
    expect(await read(fetch, "/", init)).toBe("bad");
    expect(await read(fetch, "/")).toBe("bad");
  });

  test("an answer that was redirected: nobody saw what the redirect forbids", async () => {
    const stale = staleIfError();
    const keyed = staleIfError({ key: ({ url }) => url });
    upstream.answer = ({ url }, response) =>
      url === "/" ? response.writeHead(302, { location: "/there" }).end() : response.end("good");
    await read(guardedFetch({ stale }).fetch);
    await read(guardedFetch({ stale: keyed }).fetch);
    bad();
    expect(await read(guardedFetch({ stale }).fetch)).toBe("bad");
    expect(await read(guardedFetch({ stale: keyed }).fetch)).toBe("good");
  });

  test.each([201, 204, 206, 404])("a status of %i", async (status) => {
    const { fetch } = remembering();
    upstream.answer = (_, response) => response.writeHead(status).end();
    await read(fetch);
    bad();
    expect((await fetch(`${upstream.origin}/`)).status).toBe(503);
  });

  test("a body that breaks off", async () => {
    const { fetch } = remembering();
    upstream.answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("begun");
      setTimeout(() => response.destroy(), 5);
    };
    await read(fetch).catch(() => {});
    bad();
    expect(await read(fetch)).toBe("bad");
  });

  test.each<[string, (response: Response) => Promise<unknown>]>([
    ["an answer that nobody reads", () => Promise.resolve()],
    ["an answer whose reader leaves", (response) => response.body!.cancel()],
  ])("%s", async (_what, use) => {
    const { fetch } = remembering();
    good();
    await use(await fetch(`${upstream.origin}/`));
    await new Promise((resolve) => setTimeout(resolve, 20));
    bad();
    expect(await read(fetch)).toBe("bad");
  });

  test("an answer that a verdict finds bad late", async () => {
    const { fetch } = guardedFetch({
      stale: staleIfError(),
      isFailure: async ({ value }) => (await Promise.resolve(), value?.headers.has("x-bad") === true),
    });
    good({ "x-bad": "1" });
    await read(fetch);
    bad();
    expect(await read(fetch)).toBe("bad");
  });

  test("an answer older than maxAge", async () => {
    const { fetch } = remembering({ maxAge: "1m" });
    good();
    await read(fetch);
    bad();
    now += 60_000;
    expect(await read(fetch)).toBe("good");
    now += 1;
    expect(await read(fetch)).toBe("bad");
  });
});

describe("bounds", () => {
  test("of maxEntries the oldest goes first, by when it was last good", async () => {
    const { fetch } = remembering({ maxEntries: 2 });
    good();
    for (const path of ["/a", "/b", "/a", "/c"]) await read(fetch, path);
    bad();
    expect(await read(fetch, "/b")).toBe("bad");
    expect(await read(fetch, "/a")).toBe("good");
    expect(await read(fetch, "/c")).toBe("good");
  });

  test("of maxBytes the oldest goes first, and one answer may take a quarter", async () => {
    const { fetch } = remembering({ maxBytes: 100_000 });
    for (const path of ["/a", "/b", "/c", "/d", "/e"]) {
      good({}, path.repeat(10_000));
      await read(fetch, path);
    }
    good({}, "x".repeat(25_000));
    await read(fetch, "/long");
    upstream.answer = (_, response) => response.writeHead(200).end("y".repeat(25_000));
    await read(fetch, "/long, chunked");
    good({ "x-long": "z".repeat(12_000) });
    await read(fetch, "/long head");
    bad();
    expect(await read(fetch, "/a")).toBe("bad");
    expect(await read(fetch, "/e")).toBe("/e".repeat(10_000));
    expect(await read(fetch, "/long")).toBe("bad");
    expect(await read(fetch, "/long, chunked")).toBe("bad");
    expect(await read(fetch, "/long head")).toBe("bad");
  });
});

test("a late verdict is waited for: good answers are kept, and bad ones replaced", async () => {
  const { fetch, totals } = guardedFetch({
    stale: staleIfError(),
    isFailure: async (_outcome, byDefault) => (await Promise.resolve(), byDefault),
  });
  good();
  await read(fetch);
  bad();
  expect(await read(fetch)).toBe("good");
  upstream.answer = (_, response) => response.destroy();
  expect(await read(fetch)).toBe("good");
  expect(totals()).toMatchObject({ succeeded: 1, failed: 2 });
});

describe("connections", () => {
  test("are given up when the reader leaves", async () => {
    let closed = 0;
    upstream.answer = (_, response) => {
      response.on("close", () => closed++);
      response.writeHead(200).write("begun");
    };
    const { fetch } = remembering();
    const reader = (await fetch(`${upstream.origin}/`)).body!.getReader();
    await reader.read();
    await reader.cancel();
    await expect.poll(() => closed).toBe(1);
  });

  test("are given up for an answer that was replaced", async () => {
    let closed = 0;
    const { fetch } = remembering();
    good();
    await read(fetch);
    upstream.answer = (_, response) => {
      response.on("close", () => closed++);
      response.writeHead(503).write("begun");
    };
    expect(await read(fetch)).toBe("good");
    await expect.poll(() => closed).toBe(1);
  });
});

test("what the reader does with the bytes changes nothing that is kept", async () => {
  const { fetch } = remembering();
  good();
  const bytes = new Uint8Array(await (await fetch(`${upstream.origin}/`)).arrayBuffer());
  bytes.fill(0);
  const reader = (await fetch(`${upstream.origin}/`)).body!.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) part.value.fill(0);
  bad();
  expect(await read(fetch)).toBe("good");
});

test("of two answers at once the later one is kept, whichever ends first", async () => {
  const { fetch } = remembering();
  good({}, "earlier");
  const earlier = await fetch(`${upstream.origin}/`);
  now += 10;
  good({}, "later");
  await read(fetch);
  await earlier.text();
  bad();
  expect(await read(fetch)).toBe("later");
});

test("a key of one's own decides who shares", async () => {
  const key = ({ url, headers }: Request): string => `${headers.get("x-tenant")} ${new URL(url).pathname}`;
  const { fetch } = remembering({ key });
  const as = (tenant: string): RequestInit => ({ headers: { "x-tenant": tenant, authorization: "x" } });
  good({}, "for ada");
  await read(fetch, "/?a", as("ada"));
  bad();
  expect(await read(fetch, "/?b", as("ada"))).toBe("for ada");
  expect(await read(fetch, "/?a", as("bob"))).toBe("bad");
});

test("URL and Request inputs share what strings keep", async () => {
  const { fetch } = remembering();
  good();
  await read(fetch);
  bad();
  const text = async (input: URL | Request): Promise<string> => (await fetch(input)).text();
  expect(await text(new URL(`${upstream.origin}/`))).toBe("good");
  expect(await text(new Request(`${upstream.origin}/`))).toBe("good");
});

test.each<[StaleOptions, RegExp]>([
  [{ maxAge: "10 parsecs" as never }, /"stale.maxAge"/],
  [{ maxAge: 0 }, /"stale.maxAge"/],
  [{ maxEntries: 0 }, /"stale.maxEntries"/],
  [{ maxEntries: 1.5 }, /"stale.maxEntries"/],
  [{ maxBytes: -1 }, /"stale.maxBytes"/],
  [{ key: "url" as never }, /"stale.key"/],
])("%j is refused", (options, message) => {
  expect(() => staleIfError(options)).toThrow(message);
});

test("an isFailure that never answers holds no call for longer than its timeout", async () => {
  const { fetch, totals, circuit } = guardedFetch({
    stale: staleIfError(),
    timeout: 300,
    isFailure: () => new Promise(() => {}),
  });
  good();
  expect(await (await fetch(`${upstream.origin}/`)).text()).toBe("good");
  expect(totals()).toMatchObject({ failed: 1, succeeded: 0 });
  expect(circuit().snapshot().inFlight).toBe(0);
});

test("a stream that gives no bytes reaches its reader, and is not kept", async () => {
  const body = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue("text");
        controller.close();
      },
    });
  const { fetch } = guardedFetch({
    stale: staleIfError({ key: ({ url }) => url }),
    fetch: () => Promise.resolve(new Response(body())),
  });
  const reader = (await fetch("http://a.test/")).body!.getReader();
  expect(await reader.read()).toEqual({ done: false, value: "text" });
  expect((await reader.read()).done).toBe(true);
});

test("requests that differ in what Vary names have answers of their own", async () => {
  const { fetch } = remembering();
  upstream.answer = ({ headers }, response) =>
    response.writeHead(200, { vary: "Accept-Language, accept" }).end(headers["accept-language"]);
  const inLanguage = (language: string): RequestInit => ({ headers: { "accept-language": language } });
  await read(fetch, "/", inLanguage("de"));
  await read(fetch, "/", inLanguage("en"));
  bad();
  expect(await read(fetch, "/", inLanguage("de"))).toBe("de");
  expect(await read(fetch, "/", inLanguage("en"))).toBe("en");
  expect(await read(fetch, "/", inLanguage("fr"))).toBe("bad");
  expect(await read(fetch)).toBe("bad");
  expect(await read(fetch, "/", { headers: { "accept-language": "de", accept: "text/html" } })).toBe("bad");
});

test.each<[string, Record<string, string>, number]>([
  ["a 404", {}, 404],
  ["one that is private by now", { "cache-control": "private" }, 200],
  ["one with a cookie", { "set-cookie": "a=b" }, 200],
])("a later answer that may not be kept takes the place of the last one: %s", async (_, headers, status) => {
  const { fetch } = remembering();
  good();
  await read(fetch);
  upstream.answer = (_request, response) => response.writeHead(status, headers).end("gone");
  await read(fetch);
  bad();
  expect(await read(fetch)).toBe("bad");
});

test.each([
  ["POST", 201, "bad"],
  ["DELETE", 204, "bad"],
  ["POST", 409, "good"],
  ["HEAD", 200, "good"],
  ["OPTIONS", 204, "good"],
])("after a %s that was answered by %i, what is kept of its URL is: %s", async (method, status, text) => {
  const { fetch } = remembering();
  good();
  await read(fetch, "/#top");
  await read(fetch, "/other");
  upstream.answer = (_, response) => response.writeHead(status).end();
  await read(fetch, "/", { method });
  bad();
  expect(await read(fetch)).toBe(text);
  expect(await read(fetch, "/other")).toBe("good");
});

test("an injected fetch needs a key: what it adds to a request is not seen", async () => {
  const injected: typeof fetch = (input, init) => fetch(input, init);
  const make = (stale: ReturnType<typeof staleIfError>) => () => guardedFetch({ stale, fetch: injected });
  expect(make(staleIfError())).toThrow(/"stale.key" must be .* beside an injected `fetch`/);
  expect(make(staleIfError({ key: ({ url }) => url }))).not.toThrow();
  expect(() => guardedFetch({ stale: staleIfError(), fetch: globalThis.fetch })).not.toThrow();
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["no Response", { status: 200 }],
  ["a body of Node", { status: 200, headers: new Headers(), body: { pipe() {} }, ok: true }],
])("a fetch that answers by %s gets it through untouched", (_what, answer) => {
  const stale = staleIfError();
  expect(stale.remember("http://a.test/", undefined, answer as Response)).toBe(answer);
  expect(stale.recall("http://a.test/", undefined)).toBeUndefined();
});
