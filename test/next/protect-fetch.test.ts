import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, isCircuitOpenError } from "../../src/index.ts";
import { type FetchProtection, protectFetch } from "../../src/next.ts";
import { healthProbe } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";
import { upstashStore } from "../../src/upstash.ts";
import { loopbackServer } from "../http/loopback-server.ts";

const upstream = loopbackServer();
const other = loopbackServer();
const original = globalThis.fetch;

let undo: (() => void) | undefined;
beforeEach(resetCircuits);
afterEach(() => {
  undo?.();
  undo = undefined;
});

const totals = (origin = upstream.origin) => circuits.get(origin)?.snapshot().totals;

/** As SDKs do: `fetch` is looked up when it is called. */
const sdk = (url: string): Promise<Response> => fetch(url);

describe("one line protects every fetch", () => {
  test("to the chosen origins, and leaves the others alone", async () => {
    undo = protectFetch({ origins: [upstream.origin], failureThreshold: 2 });
    for (let call = 0; call < 2; call++) expect((await sdk(upstream.status(503))).status).toBe(503);
    await expect(sdk(upstream.origin)).rejects.toSatisfy(isCircuitOpenError);
    expect(upstream.hits).toBe(2);
    for (let call = 0; call < 3; call++) expect((await sdk(other.status(503))).status).toBe(503);
    expect(circuits.list().map(({ name }) => name)).toEqual([upstream.origin]);
  });

  test.each<[string, () => FetchProtection["origins"]]>([
    ["an origin written with a path", () => [`${upstream.origin}/v1`]],
    ["a pattern of the whole origin", () => [/http:\/\/127\.0\.0\.1:\d+|http:\/\/localhost:\d+/]],
    [
      "a function of the URL",
      () =>
        ({ origin }) =>
          origin === upstream.origin,
    ],
  ])("chosen by %s", async (_, origins) => {
    undo = protectFetch({ origins: origins() });
    await sdk(upstream.origin);
    expect(totals()).toMatchObject({ allowed: 1 });
  });

  test("a pattern that matches a part of an origin does not choose it", async () => {
    undo = protectFetch({ origins: [/127\.0\.0/] });
    await sdk(upstream.origin);
    expect(circuits.list()).toEqual([]);
  });

  test("a Request and a URL, with all that they carry", async () => {
    undo = protectFetch({ origins: [upstream.origin] });
    const request = new Request(upstream.origin, { headers: { a: "b" }, method: "POST", body: "text" });
    expect((await fetch(request)).status).toBe(200);
    expect((await fetch(new URL(upstream.origin))).status).toBe(200);
    expect(totals()).toMatchObject({ succeeded: 2 });
  });

  test("until it is taken away", async () => {
    protectFetch({ origins: [upstream.origin] })();
    expect(globalThis.fetch).toBe(original);
    await sdk(upstream.origin);
    expect(circuits.list()).toEqual([]);
  });

  test("until it is taken away from beneath a patch: the patch stays", async () => {
    const takeAway = protectFetch({ origins: [upstream.origin], failureThreshold: 1 });
    const beneath = globalThis.fetch;
    const patch: typeof fetch = (...args) => beneath(...args);
    globalThis.fetch = patch;
    takeAway();
    expect(globalThis.fetch).toBe(patch);
    await sdk(upstream.origin);
    expect(circuits.list()).toEqual([]);
    // Told anew, it works where it lies.
    undo = protectFetch({ origins: [upstream.origin] });
    await sdk(upstream.origin);
    expect(totals()).toMatchObject({ allowed: 1 });
    globalThis.fetch = original;
  });

  test("says so when it comes too late to lie beneath Next's caches", () => {
    const told = vi.spyOn(console, "warn").mockReturnValue();
    globalThis.fetch = Object.assign((...args: Parameters<typeof fetch>) => original(...args), {
      __nextPatched: true,
    });
    protectFetch({ origins: [upstream.origin] })();
    globalThis.fetch = original;
    expect(told).toHaveBeenCalledWith(expect.stringContaining("call it in register() of instrumentation.ts"));
    told.mockRestore();
  });

  test("looks like fetch", () => {
    undo = protectFetch({ origins: [upstream.origin] });
    expect([fetch.name, fetch.length]).toEqual(["fetch", 1]);
  });
});

describe("beside an explicit wrapper", () => {
  test.each<[string, (url: string) => RequestInfo | URL]>([
    ["a string", (url) => url],
    ["a URL", (url) => new URL(url)],
    ["a Request", (url) => new Request(url)],
  ])("a call with %s is counted once, by the wrapper", async (_, input) => {
    undo = protectFetch({ origins: [upstream.origin] });
    const wrapped = createProtectedFetch({ name: "explicit" });
    await wrapped(input(upstream.origin));
    expect(totals("explicit")).toMatchObject({ allowed: 1, succeeded: 1 });
    expect(totals()).toBeUndefined();
  });

  test("one trial each does not leave the other half-open for ever", async () => {
    undo = protectFetch({ origins: [upstream.origin], halfOpenRetries: 1 });
    const wrapped = createProtectedFetch({ halfOpenRetries: 1 });
    circuits.register(upstream.origin).halfOpen();
    expect((await wrapped(upstream.origin)).status).toBe(200);
    expect(circuits.get(upstream.origin)?.state).toBe("closed");
  });

  test("where no AsyncLocalStorage is, a call is counted by both, and the developer is told", async () => {
    const told = vi.spyOn(console, "warn").mockReturnValue();
    const builtIn = vi.spyOn(process, "getBuiltinModule").mockReturnValue({} as never);
    undo = protectFetch({ origins: [upstream.origin] });
    builtIn.mockRestore();
    await createProtectedFetch({ name: "explicit" })(upstream.origin);
    expect([totals("explicit")?.allowed, totals()?.allowed]).toEqual([1, 1]);
    expect(told).toHaveBeenCalledWith(expect.stringContaining("are counted twice"));
    told.mockRestore();
  });

  test("a plain fetch after a wrapped one is protected again", async () => {
    undo = protectFetch({ origins: [upstream.origin] });
    await createProtectedFetch({ name: "explicit" })(upstream.origin);
    await sdk(upstream.origin);
    expect(totals()).toMatchObject({ allowed: 1 });
  });
});

describe("what the circuit itself sends passes the hook:", () => {
  test("the check of a health probe, which would be refused by the circuit that it is to close", async () => {
    const probe = healthProbe(() => fetch(upstream.origin));
    undo = protectFetch({ origins: [upstream.origin], halfOpenRetries: 1, probe });
    await sdk(upstream.origin);
    const circuit = circuits.get(upstream.origin)!;
    circuit.halfOpen();
    await expect(sdk(upstream.origin)).rejects.toSatisfy(isCircuitOpenError);
    await expect.poll(() => circuit.state).toBe("closed");
    expect(upstream.hits).toBe(2);
  });

  test("the requests to its store, though every origin is chosen", async () => {
    vi.stubEnv("UPSTASH_REDIS_REST_URL", other.origin);
    vi.stubEnv("UPSTASH_REDIS_REST_TOKEN", "token");
    const store = upstashStore();
    vi.unstubAllEnvs();
    undo = protectFetch({ origins: () => true, store });
    await sdk(upstream.origin);
    expect(other.hits).toBeGreaterThan(0);
    expect(circuits.list().map(({ name }) => name)).toEqual([upstream.origin]);
  });
});

describe("a refusal", () => {
  test("can be answered, for SDKs that send again what throws", async () => {
    undo = protectFetch({ origins: [upstream.origin], refusals: "answered" });
    circuits.register(upstream.origin).open();
    for (let call = 0; call < 2; call++) {
      const response = await sdk(upstream.origin);
      expect(response.status).toBe(504);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "x-should-retry": "false",
        "stripe-should-retry": "false",
      });
      expect(response.headers.has("retry-after")).toBe(false);
      expect(await response.json()).toMatchObject({ status: 504, error: { type: "api_error" } });
    }
    expect(upstream.hits).toBe(0);
  });

  test("can be answered with a Response of one's own, made of what was refused", async () => {
    undo = protectFetch({
      origins: [upstream.origin],
      refusals: {
        response: ({ error, args }) => new Response(`${error.circuit} ${String(args[0])}`, { status: 599 }),
      },
    });
    circuits.register(upstream.origin).open();
    const response = await sdk(`${upstream.origin}/a`);
    expect([response.status, await response.text()]).toEqual([
      599,
      `${upstream.origin} ${upstream.origin}/a`,
    ]);
  });

  test.each([200, 203, 304])(
    "is thrown where its answer of %i would look good, for Next stores that",
    async (status) => {
      undo = protectFetch({
        origins: [upstream.origin],
        refusals: { response: () => new Response(null, { status }) },
      });
      circuits.register(upstream.origin).open();
      const told = vi.spyOn(console, "warn").mockReturnValue();
      await expect(sdk(upstream.origin)).rejects.toSatisfy(isCircuitOpenError);
      told.mockRestore();
    },
  );

  test("is not answered by a fallback of the one call", async () => {
    undo = protectFetch({ origins: [upstream.origin] });
    circuits.register(upstream.origin).open();
    const protego = { fallback: () => new Response("kept for ever") };
    await expect(fetch(upstream.origin, { protego } as RequestInit)).rejects.toSatisfy(isCircuitOpenError);
  });
});

describe("in a development server", () => {
  test("survives that the fetch of before is put back, and a patch above it", async () => {
    undo = protectFetch({ origins: [upstream.origin] });
    const beneath = globalThis.fetch;
    const patched: typeof fetch = (...args) => beneath(...args);
    globalThis.fetch = patched;
    expect(globalThis.fetch).toBe(patched);
    globalThis.fetch = original;
    expect(globalThis.fetch).toBe(beneath);
    await sdk(upstream.origin);
    expect(totals()).toMatchObject({ allowed: 1 });
  });

  test("called again, it takes over the new options and lies over itself only once", async () => {
    undo = protectFetch({ origins: [other.origin] });
    const hook = globalThis.fetch;
    undo = protectFetch({ origins: [upstream.origin], failureThreshold: 1 });
    expect(globalThis.fetch).toBe(hook);
    await sdk(upstream.status(503));
    await expect(sdk(upstream.origin)).rejects.toSatisfy(isCircuitOpenError);
    await sdk(other.origin);
    expect(totals(other.origin)).toBeUndefined();
  });
});

test("where fetch cannot be defined anew, it is assigned", async () => {
  const defined = vi.spyOn(Object, "defineProperty").mockImplementationOnce(() => {
    throw new TypeError("Cannot redefine property: fetch");
  });
  undo = protectFetch({ origins: [upstream.origin] });
  defined.mockRestore();
  await sdk(upstream.origin);
  expect(totals()).toMatchObject({ allowed: 1 });
});

describe("what it cannot work with is refused, in words:", () => {
  test.each<[string, object, RegExp]>([
    ["no origins", {}, /"origins" must be a list such as/],
    ["an empty list", { origins: [] }, /"origins" must be a list such as/],
    ["what is no origin", { origins: ["api.example.com"] }, /"origins" must be an origin such as .*got "api/],
    [
      "a fallback",
      { origins: ["https://a.example"], fallback: () => new Response() },
      /"fallback" must be left out/,
    ],
    ["stale answers", { origins: ["https://a.example"], stale: {} }, /"stale" must be left out/],
    ["a fetch", { origins: ["https://a.example"], fetch }, /"fetch" must be left out/],
    [
      "another word for refusals",
      { origins: ["https://a.example"], refusals: "quiet" },
      /"refusals" must be "thrown", "answered", or/,
    ],
    [
      "refusals of nothing",
      { origins: ["https://a.example"], refusals: null },
      /"refusals" must be "thrown"/,
    ],
  ])("%s", (_, options, words) => {
    expect(() => protectFetch(options as never)).toThrow(words);
  });
});
