import { NextRequest } from "next/server.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits } from "../../src/index.ts";
import { type GuardedPath, proxyGuard } from "../../src/next.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const api = "https://api.example.com";

function down(name = api): void {
  circuits.register(name, { clock: testClock(), resetTimeout: "42s" }).open();
}

function answerTo(path: string, paths: GuardedPath[]): Response | undefined {
  return proxyGuard(paths)(new NextRequest(`http://localhost${path}`));
}

test("a page whose circuit is open is answered with 503 before it renders", async () => {
  down();
  const response = answerTo("/products", [{ path: "/products", circuits: [api] }])!;
  expect(response.status).toBe(503);
  expect(Object.fromEntries(response.headers)).toEqual({
    "retry-after": "42",
    "cache-control": "no-store",
    "content-type": "application/problem+json",
  });
  expect(await response.json()).toEqual({ type: "about:blank", title: "Service Unavailable", status: 503 });
});

test("a page of one's own is HTML with the same status and headers", async () => {
  down();
  const page = "<h1>The shop is taking a breath</h1>";
  const response = answerTo("/products", [{ path: "/products", circuits: [api], page }])!;
  expect(response.status).toBe(503);
  expect(Object.fromEntries(response.headers)).toEqual({
    "retry-after": "42",
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
  });
  expect(await response.text()).toBe(page);
});

describe("paths", () => {
  test.each<[GuardedPath["path"], string, boolean]>([
    ["/products", "/products", true],
    ["/products", "/products/", true],
    ["/products", "/products/7/reviews", true],
    ["/products", "/products?page=2", true],
    ["/products", "/products-of-others", false],
    ["/products", "/", false],
    ["/products", "/shop/products", false],
    ["/products/", "/products", true],
    ["/products/", "/products/7", true],
    ["/", "/", true],
    ["/", "/anything/below", true],
    [/^\/p\/\d+$/, "/p/7", true],
    [/^\/p\/\d+$/, "/p/seven", false],
    [/products/i, "/Shop/PRODUCTS", true],
    [/products/, "/?from=products", false],
  ])("%s and %s: %s", (path, url, covered) => {
    down();
    expect(answerTo(url, [{ path, circuits: [api] }])?.status).toBe(covered ? 503 : undefined);
  });

  test.each([
    ["a base path", "/base/products", { basePath: "/base" }],
    ["a locale", "/de/products", { i18n: { locales: ["en", "de"], defaultLocale: "en" } }],
    [
      "both",
      "/base/de/products",
      { basePath: "/base", i18n: { locales: ["en", "de"], defaultLocale: "en" } },
    ],
    ["the client's own request for data", "/base/_next/data/built/products.json", { basePath: "/base" }],
  ])("%s belongs to Next, not to the path", (_, path, nextConfig) => {
    down();
    const request = new NextRequest(`http://localhost${path}`, { nextConfig });
    for (const guarded of ["/products", /^\/products$/]) {
      expect(proxyGuard([{ path: guarded, circuits: [api] }])(request)?.status).toBe(503);
    }
  });

  test.each([/products/g, /\/products/y])("%s guards every request, not every other", (path) => {
    down();
    const guard = proxyGuard([{ path, circuits: [api] }]);
    const request = { url: "http://localhost/products" };
    expect([guard(request)?.status, guard(request)?.status, guard(request)?.status]).toEqual([503, 503, 503]);
  });

  test.each(["products", "", "https://x.test/", 7, null, undefined])(
    "%j throws when the guard is made",
    (path) => {
      expect(() => proxyGuard([{ path: path as string, circuits: [api] }])).toThrow(/option "path" must be/);
    },
  );
});

describe("circuits", () => {
  const guarded = [{ path: "/", circuits: [api, "billing"] }];

  test("that do not exist yet let pass, and are not made", () => {
    expect(answerTo("/", guarded)).toBeUndefined();
    expect(circuits.list()).toEqual([]);
  });

  test("that are closed let pass", () => {
    circuits.register(api);
    expect(answerTo("/", guarded)).toBeUndefined();
  });

  test("that are half-open let pass: somebody's page must be the trial", () => {
    const clock = testClock();
    circuits.register(api, { clock }).open();
    clock.advance("60s");
    expect(circuits.get(api)!.state).toBe("half-open");
    expect(answerTo("/", guarded)).toBeUndefined();
  });

  test("of several one that is open is enough", () => {
    circuits.register(api);
    down("billing");
    expect(answerTo("/", guarded)?.status).toBe(503);
  });

  test("asking counts nothing", () => {
    down();
    answerTo("/", guarded);
    expect(circuits.get(api)!.snapshot().totals).toMatchObject({ allowed: 0, refused: 0 });
  });

  test("of another path do not matter", () => {
    down();
    const paths = [
      { path: "/billing", circuits: ["billing"] },
      { path: "/products", circuits: [api] },
    ];
    expect(answerTo("/billing", paths)).toBeUndefined();
    expect(answerTo("/products", paths)?.status).toBe(503);
  });
});

test("nothing but the URL of the request is read", () => {
  down();
  const reads = new Set<PropertyKey>();
  const request = new Proxy({ url: "/products" }, { get: (_, key) => (reads.add(key), "/products") });
  expect(proxyGuard([{ path: "/products", circuits: [api] }])(request)?.status).toBe(503);
  expect(reads).toEqual(new Set(["nextUrl", "url"]));
});

describe("on the edge, where the circuits of pages cannot be seen", () => {
  function words(circuitNames: string[], edge: boolean): string[] {
    if (edge) vi.stubGlobal("EdgeRuntime", "edge-runtime");
    vi.stubEnv("NODE_ENV", "production");
    const told = vi.spyOn(console, "warn").mockImplementation(() => {});
    const guard = proxyGuard([{ path: "/products", circuits: circuitNames }]);
    for (const path of ["/", "/products", "/products"]) guard({ url: `http://localhost${path}` });
    return told.mock.calls.map(([line]) => String(line));
  }

  test("it says so once, when a covered page is asked for", () => {
    expect(words([api], true)).toEqual([expect.stringContaining("proxyGuard runs on the edge")]);
  });

  test("it says nothing of circuits that the middleware made itself", () => {
    circuits.register(api);
    expect(words([api], true)).toEqual([]);
  });

  test("elsewhere it says nothing: a circuit is made by the first call", () => {
    expect(words([api], false)).toEqual([]);
  });
});
