import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createProtectedFetch, circuits, withProtego } from "../../src/index.ts";
import { testClock } from "../../src/testing.ts";
import { guardedRoute } from "./guarded-route.ts";
import { nextErrors } from "./next-errors.ts";

beforeAll(() => void vi.stubEnv("__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS", "true"));
afterAll(() => void vi.unstubAllEnvs());

const success = {
  allowed: 1,
  succeeded: 1,
  failed: 0,
  ignored: 0,
  refused: 0,
  observed: 0,
  fallback: 0,
  stale: 0,
  cache: 0,
};
const failure = {
  allowed: 1,
  succeeded: 0,
  failed: 1,
  ignored: 0,
  refused: 0,
  observed: 0,
  fallback: 0,
  stale: 0,
  cache: 0,
};
const nothing = {
  allowed: 1,
  succeeded: 0,
  failed: 0,
  ignored: 1,
  refused: 0,
  observed: 0,
  fallback: 0,
  stale: 0,
  cache: 0,
};

test.each([200, 201, 204, 301, 304, 400, 404, 408, 429, 499])(
  "an answer of %i goes out, the same object, and is a success",
  async (status) => {
    const answer = new Response(null, { status });
    const { call, totals } = guardedRoute(() => answer);
    expect(await call()).toBe(answer);
    expect(totals()).toEqual(success);
  },
);

test.each([500, 502, 503, 599])("an answer of %i goes out, the same object, and counts", async (status) => {
  const answer = new Response(null, { status });
  const { call, totals, circuit } = guardedRoute(async () => answer);
  expect(await call()).toBe(answer);
  expect(totals()).toEqual(failure);
  expect(circuit().snapshot().lastFailure).toBe(`HTTP ${status}`);
});

test("nothing, which Next answers with 500, counts", async () => {
  const { call, totals } = guardedRoute(() => undefined as unknown as Response);
  expect(await call()).toBeUndefined();
  expect(totals()).toEqual(failure);
});

test.each<[string, unknown]>([
  ["an error", new Error("broken")],
  ["a string", "broken"],
  ["a number", 7],
  ["nothing", undefined],
  ["null", null],
])("%s that is thrown is thrown on, the same, and counts", async (_, thrown) => {
  for (const handler of [
    () => Promise.reject(thrown),
    () => {
      throw thrown;
    },
  ]) {
    const { call, totals } = guardedRoute(handler);
    const caught = await call().then(
      () => "no error",
      (error: unknown) => ({ error }),
    );
    expect((caught as { error: unknown }).error).toBe(thrown);
    expect(totals()).toEqual(failure);
  }
});

describe("Next's control flow passes, the same object, and does not count:", () => {
  test.each(nextErrors)("%s", async (_, start) => {
    let made: unknown;
    const { call, totals, circuit } = guardedRoute(
      async () => {
        try {
          return (await start()) as Response;
        } catch (error) {
          made = error;
          throw error;
        }
      },
      { failureThreshold: 1, isFailure: () => true },
    );
    const caught = await call().catch((error: unknown) => error);
    expect(made).toBeInstanceOf(Error);
    expect(caught).toBe(made);
    expect(totals()).toEqual(nothing);
    expect(circuit().state).toBe("closed");
  });
});

describe("a refusal by another circuit inside the handler", () => {
  test("becomes a 503 with that circuit's time, and does not count", async () => {
    const options = { clock: testClock(), resetTimeout: "7s" } as const;
    circuits.register("upstream of a route", options).open();
    const fetch = createProtectedFetch({ name: "upstream of a route", ...options });
    const { call, totals, circuit } = guardedRoute(() => fetch("http://a.test"), {
      failureThreshold: 1,
    });
    const response = await call();
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(totals()).toEqual(nothing);
    expect(circuit().state).toBe("closed");
  });

  test("that the handler deals with itself is the handler's", async () => {
    circuits.register("another upstream of a route").open();
    const fetch = createProtectedFetch({ name: "another upstream of a route" });
    const answer = new Response("from elsewhere");
    const { call, totals } = guardedRoute(() => fetch("http://a.test").catch(() => answer));
    expect(await call()).toBe(answer);
    expect(totals()).toEqual(success);
  });
});

test("isFailure decides, and is told the default", async () => {
  const isFailure = vi.fn<(outcome: object, byDefault: boolean) => boolean>(() => true);
  const answer = new Response(null, { status: 404 });
  const { call, totals } = guardedRoute(() => answer, { isFailure });
  await call();
  expect(isFailure).toHaveBeenCalledExactlyOnceWith({ value: answer }, false, expect.anything());
  expect(totals()).toEqual(failure);
});

test("ignoreErrors never count", async () => {
  const { call, totals } = guardedRoute(() => Promise.reject(new RangeError("page 0")), {
    ignoreErrors: [RangeError],
  });
  await expect(call()).rejects.toThrow("page 0");
  expect(totals()).toEqual(nothing);
});

test("a body streams through while it is made", async () => {
  let push!: ReadableStreamDefaultController<Uint8Array>;
  let cancelled: unknown;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (push = controller),
    cancel: (reason) => void (cancelled = reason),
  });
  const { call, totals } = guardedRoute(() => new Response(body));
  const reader = (await call()).body!.getReader();
  expect(totals()).toEqual(success);
  push.enqueue(new TextEncoder().encode("first"));
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
  await reader.cancel("the visitor left");
  expect(cancelled).toBe("the visitor left");
});

test("the handler gets Next's request and context, the same objects", async () => {
  const seen: unknown[] = [];
  const route = withProtego<unknown, [object]>(
    (...args) => {
      seen.push(...args);
      return new Response();
    },
    { name: "arguments" },
  );
  const [request, context] = [{} as never, {}];
  await route(request, context);
  expect(seen[0]).toBe(request);
  expect(seen[1]).toBe(context);
});

test.each([undefined, null, "handler", {}])("%j is no handler: it throws when it is wrapped", (handler) => {
  expect(() => withProtego(handler as never)).toThrow(/option "handler" must be a route handler function/);
});
