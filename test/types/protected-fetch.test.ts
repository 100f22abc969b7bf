import { describe, expect, expectTypeOf, test } from "vitest";
import { createProtectedFetch, type FetchTarget, type ProtectedFetch } from "../../src/index.ts";

const protectedFetch = createProtectedFetch({ fetch: async () => new Response("fine") });

/** Stands for a client library that takes a fetch of the user's. */
function client({ fetch = globalThis.fetch }: { fetch?: typeof globalThis.fetch } = {}): typeof fetch {
  return fetch;
}

describe("the protected fetch takes the place of fetch:", () => {
  test("it is a `typeof fetch`", async () => {
    const fetch: typeof globalThis.fetch = protectedFetch;
    expectTypeOf(protectedFetch).toExtend<typeof globalThis.fetch>();
    expectTypeOf(client).toBeCallableWith({ fetch: protectedFetch });
    expect(await (await client({ fetch })("http://a.test")).text()).toBe("fine");
  });

  test("the native fetch takes its place, too", () => {
    const given = (fetch: ProtectedFetch): ProtectedFetch => fetch;
    expectTypeOf(given).toBeCallableWith(globalThis.fetch);
    expect(given(globalThis.fetch)).toBe(globalThis.fetch);
  });

  test("in the place of a function of fetch's parameters it fits as well", () => {
    type Loose = (...args: Parameters<typeof fetch>) => ReturnType<typeof fetch>;
    expectTypeOf(protectedFetch).toExtend<Loose>();
    expectTypeOf<(load: typeof fetch) => void>().toExtend<(load: typeof protectedFetch) => void>();
    expectTypeOf(protectedFetch).returns.toEqualTypeOf<Promise<Response>>();
  });

  test("it takes what fetch takes, Next's members included, and nothing else", async () => {
    await protectedFetch(new URL("http://a.test"));
    await protectedFetch(new Request("http://a.test"), { method: "POST", body: "x" });
    await protectedFetch("http://a.test", { next: { revalidate: 60, tags: ["products"] } });
    await protectedFetch("http://a.test", { protego: { enabled: false, fallback: () => new Response() } });
    // @ts-expect-error: next.revalidate takes no text
    await protectedFetch("http://a.test", { next: { revalidate: "1m" } });
    // @ts-expect-error: fetch knows no such member
    await protectedFetch("http://a.test", { retries: 3 });
    // @ts-expect-error: the call's own options are just these
    await protectedFetch("http://a.test", { protego: { timeout: "1s" } }).catch(() => {});
    // @ts-expect-error: a number is no URL
    await protectedFetch(7).catch(() => {});
    expectTypeOf(protectedFetch).parameter(0).toEqualTypeOf<RequestInfo | URL>();
  });
});

test("a naming function sees url, method and headers, and answers with a name", () => {
  createProtectedFetch({
    name: (request) => {
      expectTypeOf(request).toEqualTypeOf<FetchTarget>();
      return request.headers.get("tenant") ?? new URL(request.url).host;
    },
  });
  const nameOf = (request: Request): string => request.url;
  // @ts-expect-error: no whole Request is made just for naming
  createProtectedFetch({ name: nameOf });
  // @ts-expect-error: a name is a string
  createProtectedFetch({ name: () => 7 });
  expectTypeOf<Request>().toExtend<FetchTarget>();
});

test("isFailure is asked about a Response, or an error that may be anything", () => {
  createProtectedFetch({
    isFailure: ({ value, error }, byDefault) => {
      expectTypeOf(value).toEqualTypeOf<Response | undefined>();
      expectTypeOf(error).toEqualTypeOf<unknown>();
      expectTypeOf(byDefault).toEqualTypeOf<boolean>();
      return value ? value.status === 404 : byDefault;
    },
  });
  createProtectedFetch({ isFailure: async ({ value }) => (await value?.clone().text()) === "" });
  // @ts-expect-error: a failure or not
  createProtectedFetch({ isFailure: () => "yes" });
});

test("a fallback of fetch is a Response, now or later", () => {
  createProtectedFetch({ fallback: Response.json([]) });
  createProtectedFetch({ fallback: () => Response.json([]) });
  createProtectedFetch({
    fallback: async ({ error, args }) => {
      expectTypeOf(error.circuit).toEqualTypeOf<string>();
      expectTypeOf(error.retryAfter).toEqualTypeOf<number>();
      expectTypeOf(args).toEqualTypeOf<readonly unknown[]>();
      return Response.json({ retryAfter: error.retryAfter });
    },
  });
  // @ts-expect-error: text is no Response
  expect(() => createProtectedFetch({ fallback: "nothing" })).toThrow(/"fallback" must be a Response/);
  // @ts-expect-error: nor is what this answers
  createProtectedFetch({ fallback: () => ({ prices: [] }) });
  // @ts-expect-error: nor what this answers later
  createProtectedFetch({ fallback: async () => [] });
});
