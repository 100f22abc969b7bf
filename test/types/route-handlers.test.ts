import { type Context, Hono } from "hono";
import type { NextRequest } from "next/server.js";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type RouteHandlerContext, type RouteOptions, withProtego } from "../../src/index.ts";

interface ParamMap {
  "/api/health": {};
  "/api/orders/[id]": { id: string };
  "/api/files/[...path]": { path: string[] };
  "/api/docs/[[...slug]]": { slug?: string[] };
}
type Route = keyof ParamMap;

/** As Next's type generator declares it for an app with these routes. */
interface RouteContext<Here extends Route> {
  params: Promise<ParamMap[Here]>;
}
/** What Next's `.next/types/validator.ts` demands of every method that a route exports. */
type RouteHandler<Here extends Route> = (
  request: NextRequest,
  context: { params: Promise<ParamMap[Here]> },
) => Promise<Response | void> | Response | void;

const fine = (): Response => new Response("fine");

describe("what withProtego returns passes Next's validator:", () => {
  test("a handler with a RouteContext", () => {
    const GET = withProtego(async (request, { params }: RouteContext<"/api/orders/[id]">) => {
      expectTypeOf(request).toEqualTypeOf<NextRequest>();
      expectTypeOf(await params).toEqualTypeOf<{ id: string }>();
      return Response.json(await params);
    });
    expectTypeOf(GET).toExtend<RouteHandler<"/api/orders/[id]">>();
    expectTypeOf(GET).parameter(1).toEqualTypeOf<RouteContext<"/api/orders/[id]">>();
  });

  test("a handler of request and context without types", () => {
    const GET = withProtego(async (request, context) => {
      expectTypeOf(request).toEqualTypeOf<NextRequest>();
      expectTypeOf(context).toEqualTypeOf<RouteHandlerContext>();
      const { id, path } = await context.params;
      expectTypeOf(id).toEqualTypeOf<string | string[] | undefined>();
      return Response.json({ id, path, page: request.nextUrl.searchParams.get("page") });
    });
    expectTypeOf(GET).toExtend<RouteHandler<"/api/orders/[id]">>();
    expectTypeOf(GET).toExtend<RouteHandler<"/api/files/[...path]">>();
    expectTypeOf(GET).toExtend<RouteHandler<"/api/docs/[[...slug]]">>();
    expectTypeOf(GET).toExtend<RouteHandler<"/api/health">>();
  });

  test("a handler that may answer nothing, as the types of Auth.js have it", () => {
    const wrapped = null as unknown as (
      request: NextRequest,
      context: { params: Promise<unknown> },
    ) => void | Response | Promise<void | Response>;
    if (wrapped) expectTypeOf(withProtego(wrapped)).toExtend<RouteHandler<"/api/orders/[id]">>();
    expectTypeOf(withProtego(async () => {})).toExtend<RouteHandler<"/api/health">>();
  });

  test("a handler of a plain Request, of the request alone, of nothing", () => {
    const plain = withProtego(async (request: Request, { params }: { params: Promise<{ id: string }> }) =>
      Response.json([request.url, (await params).id]),
    );
    expectTypeOf(plain).toExtend<RouteHandler<"/api/orders/[id]">>();
    expectTypeOf(withProtego((request) => Response.json(request.url))).toExtend<
      RouteHandler<"/api/health">
    >();
    expectTypeOf(withProtego(fine)).toExtend<RouteHandler<"/api/orders/[id]">>();
  });

  test("catch-all and optional catch-all params", () => {
    const files = withProtego(async (_, { params }: RouteContext<"/api/files/[...path]">) => {
      expectTypeOf((await params).path).toEqualTypeOf<string[]>();
      return fine();
    });
    const docs = withProtego(async (_, { params }: RouteContext<"/api/docs/[[...slug]]">) => {
      expectTypeOf((await params).slug).toEqualTypeOf<string[] | undefined>();
      return fine();
    });
    expectTypeOf(files).toExtend<RouteHandler<"/api/files/[...path]">>();
    expectTypeOf(docs).toExtend<RouteHandler<"/api/docs/[[...slug]]">>();
  });
});

describe("what is wrong stays wrong:", () => {
  test("params that the route does not have", () => {
    const wrong = withProtego((_, { params }: { params: Promise<{ nope: string }> }) =>
      Response.json(params),
    );
    expectTypeOf(wrong).not.toExtend<RouteHandler<"/api/orders/[id]">>();
    // @ts-expect-error: Property 'nope' is missing
    const GET: RouteHandler<"/api/orders/[id]"> = wrong;
    expect(GET).toBeTypeOf("function");
  });

  test("params as they were before they were promised", () => {
    const old = withProtego((_, { params }: { params: { id: string } }) => Response.json(params.id));
    expectTypeOf(old).not.toExtend<RouteHandler<"/api/orders/[id]">>();
  });

  test("a handler that answers something else than a Response", () => {
    // @ts-expect-error: an object is no Response
    withProtego(() => ({ orders: [] }));
    // @ts-expect-error: nor is a promise of one
    withProtego(async () => "fine");
    // @ts-expect-error: no handler at all
    expect(() => withProtego()).toThrow(TypeError);
  });
});

test("the handler's own kind of Response is kept, next to the refusal", () => {
  class Answer extends Response {
    readonly mine = true;
  }
  const GET = withProtego(() => new Answer("fine"));
  expectTypeOf(GET).returns.resolves.toEqualTypeOf<Answer | Response>();
});

test("options of a route: its request is Next's, its fallback a Response", () => {
  withProtego(fine, {
    name: (request) => {
      expectTypeOf(request).toEqualTypeOf<NextRequest>();
      return request.nextUrl.pathname;
    },
    fallback: ({ error }) => Response.json({ retryAfter: error.retryAfter }),
    isFailure: ({ value }) => {
      expectTypeOf(value).toEqualTypeOf<Response | undefined>();
      return false;
    },
  });
  // @ts-expect-error: an array is no Response
  withProtego(fine, { fallback: () => [] });
  // @ts-expect-error: only a fetch has a fetch to protect
  withProtego(fine, { fetch: globalThis.fetch });
  expectTypeOf<RouteOptions["name"]>().toEqualTypeOf<
    string | ((request: NextRequest) => string) | undefined
  >();
});

describe("outside Next", () => {
  test("a handler of a request alone can be called with one, and with what a framework adds", () => {
    const GET = withProtego(async (request) => Response.json({ url: request.url }));
    expectTypeOf(GET).toBeCallableWith({} as NextRequest);
    expectTypeOf(GET).toBeCallableWith({} as NextRequest, { params: Promise.resolve({}) });
  });

  test("what a framework hands over is inferred, and called for", () => {
    interface Env {
      readonly TOKEN: string;
    }
    const fetch = withProtego((request: Request, env: Env) => new Response(`${request.url} ${env.TOKEN}`));
    expectTypeOf(fetch).parameters.toEqualTypeOf<[Request, Env]>();
  });

  test("Hono takes it for a handler, and its context for one of Hono's", () => {
    const get = withProtego((context: Context) => context.text("fine"));
    expectTypeOf(new Hono().get).toBeCallableWith("/orders/:id", get);
  });
});
