import { type Context, Hono } from "hono";
import { NextRequest } from "next/server.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, withProtego } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => {}));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  resetCircuits();
});

/** Stands where Next's patched fetch stands during a request to this route. */
function inRouteOfNext(route: unknown): void {
  const store = { getStore: () => ({ route }) };
  vi.stubGlobal(
    "fetch",
    Object.assign(async () => new Response(), { __nextGetStaticStore: () => store }),
  );
}

async function nameOf(request: unknown, options = {}): Promise<string[]> {
  await withProtego(() => new Response(), options)(request as NextRequest, { params: Promise.resolve({}) });
  return circuits.list().map(({ name }) => name);
}

const request = (method: string): NextRequest =>
  new NextRequest("http://localhost/api/orders/7?page=2", { method });

describe("in Next the circuit bears the route's pattern", () => {
  test.each([
    ["GET", "GET /api/orders/[id]"],
    ["HEAD", "GET /api/orders/[id]"],
    ["POST", "POST /api/orders/[id]"],
    ["DELETE", "DELETE /api/orders/[id]"],
  ])("%s", async (method, name) => {
    inRouteOfNext("/api/orders/[id]");
    expect(await nameOf(request(method))).toEqual([name]);
  });

  test("a million ids are one circuit", async () => {
    inRouteOfNext("/api/orders/[id]");
    for (const id of [1, 2, 3]) await nameOf(new NextRequest(`http://localhost/api/orders/${id}`));
    expect(circuits.list()).toHaveLength(1);
  });

  test("two methods of one route have a circuit each", async () => {
    inRouteOfNext("/api/orders/[id]");
    await nameOf(request("GET"));
    expect(await nameOf(request("POST"))).toEqual(["GET /api/orders/[id]", "POST /api/orders/[id]"]);
  });
});

describe("what a framework hands over names the route by its pattern:", () => {
  const orders = new Request("http://localhost/api/orders/7?page=2", { method: "POST" });
  test.each<[string, unknown, string]>([
    [
      "Hono",
      { req: { method: "POST", routePath: "/api/orders/:id", url: orders.url } },
      "POST /api/orders/:id",
    ],
    ["SvelteKit", { request: orders, route: { id: "/api/orders/[id]" } }, "POST /api/orders/[id]"],
    ["Elysia", { request: orders, route: "/api/orders/:id" }, "POST /api/orders/:id"],
    ["Astro", { request: orders, routePattern: "/api/orders/[id]" }, "POST /api/orders/[id]"],
    ["React Router", { request: orders, pattern: "api/orders/:id" }, "POST /api/orders/:id"],
    ["React Router, of its index route", { request: orders, pattern: "" }, "POST /"],
    [
      "Nuxt's and Nitro's h3",
      { method: "POST", path: "/api/orders/7", context: { matchedRoute: { path: "/api/orders/:id" } } },
      "POST /api/orders/:id",
    ],
    [
      "h3 2",
      { req: orders, context: { matchedRoute: { route: "/api/orders/:id" } } },
      "POST /api/orders/:id",
    ],
    ["h3, of a path that has no route", { req: orders, context: {} }, "POST /api/orders/[id]"],
    ["one that does not say it", { request: orders, params: {} }, "POST /api/orders/[id]"],
    [
      "SvelteKit, of a path that has no route",
      { request: orders, route: { id: null } },
      "POST /api/orders/[id]",
    ],
  ])("%s", async (_, given, name) => {
    expect(await nameOf(given)).toEqual([name]);
  });

  test("Hono itself", async () => {
    const app = new Hono();
    app.on(
      ["GET", "POST"],
      "/orders/:id",
      withProtego((c: Context) => c.text("fine")),
    );
    for (const id of [1, 2, 3]) expect(await (await app.request(`/orders/${id}`)).text()).toBe("fine");
    await app.request("/orders/1", { method: "POST" });
    expect(circuits.list().map(({ name }) => name)).toEqual(["GET /orders/:id", "POST /orders/:id"]);
  });
});

describe("what a framework hands over as parameters stands in the path by its name:", () => {
  const at = (path: string): Request => new Request(`http://localhost${path}`);
  test.each<[string, readonly unknown[], string]>([
    ["TanStack Start", [{ request: at("/shops/rome"), params: { city: "rome" } }], "GET /shops/[city]"],
    [
      "an older React Router",
      [{ request: at("/shops/rome"), params: { city: "rome" } }],
      "GET /shops/[city]",
    ],
    [
      "Fastify",
      [{ method: "PUT", url: "/shops/rome?page=2", params: { city: "rome" } }],
      "PUT /shops/[city]",
    ],
    ["Bun's router", [Object.assign(at("/shops/rome"), { params: { city: "rome" } })], "GET /shops/[city]"],
    ["Netlify", [at("/shops/rome"), { params: { city: "rome" } }], "GET /shops/[city]"],
    ["Cloudflare Pages", [{ request: at("/files/a/b"), params: { path: ["a", "b"] } }], "GET /files/[path]"],
    ["a rest in one text", [{ request: at("/files/a/b"), params: { "*": "a/b" } }], "GET /files/[*]"],
    [
      "two that are alike",
      [{ request: at("/users/7/orders/7"), params: { user: "7", order: "7" } }],
      "GET /users/[user]/orders/[order]",
    ],
    ["what was decoded", [{ request: at("/by/J%C3%B6rg"), params: { name: "Jörg" } }], "GET /by/[name]"],
    ["what was not", [{ request: at("/by/J%C3%B6rg"), params: { name: "J%C3%B6rg" } }], "GET /by/[name]"],
    ["what cannot be decoded", [{ request: at("/by/100%"), params: { share: "100%" } }], "GET /by/[share]"],
    ["what is no id stays", [{ request: at("/v2/shops/7"), params: { id: "7" } }], "GET /v2/shops/[id]"],
    ["one that is not in the path", [{ request: at("/shops"), params: { page: "x" } }], "GET /shops"],
    ["one that is missing", [{ request: at("/shops"), params: { page: undefined } }], "GET /shops"],
    ["a name like a pattern's", [{ request: at("/a/$1"), params: { $1: "$1" } }], "GET /a/[$1]"],
  ])("%s", async (_, given, name) => {
    await withProtego<unknown, unknown[]>(() => new Response())(given[0], ...given.slice(1));
    expect(circuits.list().map((circuit) => circuit.name)).toEqual([name]);
    expect(console.warn).not.toHaveBeenCalled();
  });

  test("and where there are none, a path that has no id is the pattern", async () => {
    expect(await nameOf({ request: at("/status"), params: {} })).toEqual(["GET /status"]);
    expect(console.warn).not.toHaveBeenCalled();
  });

  test.each(["/shops/7", "/shops/rome"])(
    "but parameters that are only promised are not known, and it is told: %s",
    async (path) => {
      const name = path === "/shops/7" ? "GET /shops/[id]" : "GET /shops/rome";
      expect(await nameOf({ request: at(path), params: Promise.resolve({ id: "7" }) })).toEqual([name]);
      expect(console.warn).toHaveBeenCalledOnce();
    },
  );

  test("unless the promise has them as well", async () => {
    const params = Object.assign(Promise.resolve({ city: "rome" }), { city: "rome" });
    expect(await nameOf({ request: at("/shops/rome"), params })).toEqual(["GET /shops/[city]"]);
    expect(console.warn).not.toHaveBeenCalled();
  });
});

describe("where no pattern is known it bears the path, with ids as one", () => {
  test.each<[string, unknown, string]>([
    ["a number", request("PUT"), "PUT /api/orders/[id]"],
    ["a name", new Request("http://localhost/api/status"), "GET /api/status"],
    ["a version is taken for one too", new Request("http://localhost/v2/status"), "GET /[id]/status"],
    [
      "a UUID",
      new Request("http://localhost/users/3f2b8c1e-5a7d-4e9f-b1c2-d3e4f5a6b7c8/cart"),
      "GET /users/[id]/cart",
    ],
    ["what is encoded", new Request("http://localhost/by/J%C3%B6rg"), "GET /by/[id]"],
    ["a long word", new Request(`http://localhost/posts/${"how-to-".repeat(5)}`), "GET /posts/[id]"],
    ["no request", undefined, "GET /"],
    ["a request without a URL", { method: "GET" }, "GET /"],
    ["a URL that makes no sense", { method: "GET", url: "http://[" }, "GET /"],
    ["a relative URL", { method: "GET", url: "/api/x" }, "GET /api/x"],
  ])("%s", async (_, given, name) => {
    expect(await nameOf(given)).toEqual([name]);
  });

  const toldOf = (path: string): unknown[] =>
    vi
      .mocked(console.warn)
      .mock.calls.flat()
      .filter((line) => String(line).includes(path));

  test("and the developer is told to give a name, once, what to write, and where", async () => {
    const GET = withProtego(() => new Response());
    for (const id of [1, 2]) await GET(new Request(`http://localhost/told/${id}`) as NextRequest);
    expect(toldOf("/told/[id]")).toEqual([
      expect.stringMatching(
        /^next-protego \[route-name\] unknown pattern: circuit "GET \/told\/\[id\]"\. Write withProtego\(handler, \{ name: "GET \/told\/\[id\]" \}\) at .*route-name\.test\.ts:\d+\n/,
      ),
    ]);
  });

  test("where it was wrapped is left out, if no frame says it", async () => {
    vi.spyOn(Error as { captureStackTrace(target: Error): void }, "captureStackTrace").mockImplementation(
      (target) => void (target.stack = "Error"),
    );
    const GET = withProtego(() => new Response());
    await GET(new Request("http://localhost/nowhere/7") as NextRequest);
    expect(toldOf("/nowhere/[id]")).toEqual([
      expect.stringMatching(/\{ name: "GET \/nowhere\/\[id\]" \}\)\n/),
    ]);
  });

  test("but one whose name is a function has a name, and is told nothing", async () => {
    const name = ({ url }: NextRequest): string => `status of ${new URL(url).hostname}`;
    expect(await nameOf(new Request("http://localhost/named/7"), { name })).toEqual(["status of localhost"]);
    expect(toldOf("/named/")).toEqual([]);
  });

  test("two handlers that get the same name are two circuits, and it is told", async () => {
    const broken = withProtego(() => new Response(null, { status: 500 }));
    const fine = withProtego(() => new Response("fine"));
    const visit = (route: typeof broken) => route(new Request("http://localhost/twice/7") as NextRequest);
    for (let i = 0; i < 3; i++) await visit(broken);
    expect((await visit(broken)).status).toBe(503);
    expect((await visit(fine)).status).toBe(200);
    const [first, second, ...others] = circuits.list();
    expect([first!.name, first!.state, second!.state, others]).toEqual([
      "GET /twice/[id]",
      "open",
      "closed",
      [],
    ]);
    expect(second!.name).toMatch(/^GET \/twice\/\[id\] \d+\.\d+$/);
    expect(toldOf(`"${second!.name}", "GET /twice/[id]" is taken`)).toHaveLength(1);
    await visit(broken);
    expect(circuits.list()).toHaveLength(2);
  });

  test("a handler that is wrapped anew for every request is one circuit", async () => {
    for (const id of [1, 2, 3]) {
      const handler = (): Response => new Response(String(id), { status: 500 });
      await withProtego(handler)(new Request(`http://localhost/anew/${id}`) as NextRequest);
    }
    expect(circuits.list().map(({ name, state }) => `${name}: ${state}`)).toEqual(["GET /anew/[id]: open"]);
  });

  test("a circuit that was forgotten is nobody's any more", async () => {
    await nameOf(new Request("http://localhost/forgotten"));
    resetCircuits();
    await withProtego(async () => new Response("another"))(
      new Request("http://localhost/forgotten") as NextRequest,
    );
    expect(circuits.list().map(({ name }) => name)).toEqual(["GET /forgotten"]);
  });

  test("also where Next's bookkeeping has changed its form", async () => {
    inRouteOfNext({ pattern: "/api/orders/[id]" });
    expect(await nameOf(request("GET"))).toEqual(["GET /api/orders/[id]"]);
  });
});

test("a request whose method cannot be read, as in a route forced static, is GET", async () => {
  inRouteOfNext("/api/orders/[id]");
  const forced = {
    get method(): string {
      throw new TypeError("Cannot read private member #state");
    },
  };
  expect(await nameOf(forced)).toEqual(["GET /api/orders/[id]"]);
});

describe("the name option", () => {
  test("a string names the circuit", async () => {
    inRouteOfNext("/api/orders/[id]");
    expect(await nameOf(request("GET"), { name: "orders" })).toEqual(["orders"]);
  });

  test("a function is asked with the request", async () => {
    const name = ({ nextUrl }: NextRequest): string => `page ${nextUrl.searchParams.get("page")}`;
    expect(await nameOf(request("GET"), { name })).toEqual(["page 2"]);
  });

  test.each<[string, () => unknown]>([
    ["throws", () => JSON.parse("{")],
    ["answers nothing", () => undefined],
    ["answers a number", () => 7],
  ])("a function that %s leaves it the route's name", async (_, name) => {
    inRouteOfNext("/api/orders/[id]");
    expect(await nameOf(request("GET"), { name })).toEqual(["GET /api/orders/[id]"]);
  });

  test("a string that is empty throws when the handler is wrapped", () => {
    expect(() => withProtego(() => new Response(), { name: "" })).toThrow(/option "name"/);
  });
});

describe("reading the request would make a static route dynamic:", () => {
  /** Notes what is read of a request. */
  function watched(reads: PropertyKey[]): NextRequest {
    return new Proxy(request("GET"), {
      get(target, key) {
        reads.push(key);
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }

  test("with a name nothing is read", async () => {
    const reads: PropertyKey[] = [];
    await nameOf(watched(reads), { name: "orders" });
    expect(reads).toEqual([]);
  });

  test("in Next nothing but the method is read", async () => {
    inRouteOfNext("/api/orders/[id]");
    const reads: PropertyKey[] = [];
    await nameOf(watched(reads));
    expect(reads).toEqual(["method"]);
  });

  test("nor when the circuit is open or a fallback answers", async () => {
    const reads: PropertyKey[] = [];
    circuits.register("open route").open();
    await nameOf(watched(reads), { name: "open route" });
    await nameOf(watched(reads), { name: "open route", fallback: () => new Response() });
    expect(reads).toEqual([]);
  });

  test("the notes do note what a handler reads", async () => {
    const reads: PropertyKey[] = [];
    const route = withProtego(({ url }) => Response.json({ url }), { name: "reader" });
    await route(watched(reads), { params: Promise.resolve({}) });
    expect(reads).toEqual(["url"]);
  });
});

test.each<readonly [string, unknown]>([
  [
    "that throw when they are looked at",
    {
      get city() {
        throw new Error("not now");
      },
    },
  ],
  ["that are no text", { city: Symbol("rome") }],
  ["that are still to come", Promise.resolve({ city: "rome" })],
  ["that are no object", "rome"],
])("parameters %s are no parameters: the call goes on, under the path", async (_, params) => {
  const route = withProtego(() => new Response("answer"));
  const event = { request: new Request("https://shop.test/shops/rome"), params };
  const response = await (route as unknown as (event: unknown) => Promise<Response>)(event);
  expect(await response.text()).toBe("answer");
  expect(circuits.get("GET /shops/rome")?.snapshot().totals).toMatchObject({ succeeded: 1 });
});
