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
  const broken = guardedFetch({ stale, fetch: () => Promise.reject(new TypeError("fetch failed")) });
  expect(await read(broken.fetch)).toBe("good");
  expect(broken.totals()).toMatchObject({ failed: 1 });
  const hung = guardedFetch({ stale, timeout: 10, fetch: () => new Promise(() => {}) });
  expect(await read(hung.fetch)).toBe("good");
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

describe("what is not kept", () => {
  test.each<[string, Record<string, string>]>([
    ["no-store", { "cache-control": "no-store" }],
    ["private", { "cache-control": "max-age=60, Private" }],
    ["an answer that varies", { vary: "Accept-Language" }],
    ["an answer that varies by everything", { vary: "*" }],
    ["an answer that sets a cookie", { "set-cookie": "session=1" }],
  ])("%s", async (_what, headers) => {
    const { fetch } = remembering();
    good(headers);
    await read(fetch);
    bad();
    expect(await read(fetch)).toBe("bad");
  });

  test.each<[string, RequestInit]>([
    ["a POST", { method: "POST", body: "x" }],
    ["a range", { headers: { range: "bytes=0-1" } }],
    ["a request with Authorization", { headers: { authorization: "Bearer x" } }],
    ["a request with cookies", { headers: { cookie: "session=1" } }],
    ["one that says so", { protego: { stale: false } } as RequestInit],
  ])("%s", async (_what, init) => {
    const { fetch } = remembering();
    good();
    await read(fetch, "/", init);
    bad();
    expect(await read(fetch, "/", init)).toBe("bad");
    expect(await read(fetch, "/")).toBe("bad");
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
    const { fetch } = remembering({ maxBytes: 1000 });
    for (const path of ["/a", "/b", "/c", "/d", "/e"]) {
      good({}, path.repeat(120));
      await read(fetch, path);
    }
    good({}, "x".repeat(251));
    await read(fetch, "/long");
    upstream.answer = (_, response) => response.writeHead(200).end("y".repeat(251));
    await read(fetch, "/long, chunked");
    bad();
    expect(await read(fetch, "/a")).toBe("bad");
    expect(await read(fetch, "/e")).toBe("/e".repeat(120));
    expect(await read(fetch, "/long")).toBe("bad");
    expect(await read(fetch, "/long, chunked")).toBe("bad");
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
    timeout: 30,
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
    stale: staleIfError(),
    fetch: () => Promise.resolve(new Response(body())),
  });
  const reader = (await fetch("http://a.test/")).body!.getReader();
  expect(await reader.read()).toEqual({ done: false, value: "text" });
  expect((await reader.read()).done).toBe(true);
});
