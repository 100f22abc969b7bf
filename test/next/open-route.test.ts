import { beforeEach, describe, expect, test, vi } from "vitest";
import { CircuitOpenError, type ProtegoEvent, type RouteOptions } from "../../src/index.ts";
import type { RenderScope } from "../../src/runtime/render-scope.ts";
import { guardedRoute, type GuardedRoute } from "./guarded-route.ts";

const render = vi.hoisted(() => ({ scope: undefined as RenderScope | undefined }));
vi.mock("../../src/runtime/render-scope.none.ts", () => ({ renderScope: () => render.scope }));
beforeEach(() => void (render.scope = undefined));

const handler = vi.fn<() => Promise<Response>>(async () => new Response(null, { status: 500 }));
beforeEach(() => void handler.mockClear());

async function opened(options: RouteOptions = {}): Promise<GuardedRoute> {
  const route = guardedRoute(handler, { failureThreshold: 1, ...options });
  await route.call();
  handler.mockClear();
  return route;
}

test("it answers 503 without running the handler, and leaks nothing", async () => {
  const { call, clock, name, totals } = await opened();
  clock.advance("18s");
  const response = await call();
  expect(handler).not.toHaveBeenCalled();
  expect(response.status).toBe(503);
  expect(Object.fromEntries(response.headers)).toEqual({
    "retry-after": "42",
    "cache-control": "no-store",
    "content-type": "application/problem+json",
  });
  const body = await response.text();
  expect(body).toBe('{"type":"about:blank","title":"Service Unavailable","status":503}');
  expect(body).not.toContain(name);
  expect(totals()).toMatchObject({ refused: 1, failed: 1 });
});

test("it closes again by good trials", async () => {
  const { call, clock, circuit } = await opened();
  clock.advance("60s");
  handler.mockImplementation(async () => new Response("fine"));
  for (let trial = 0; trial < 2; trial++) expect(await (await call()).text()).toBe("fine");
  expect(circuit().state).toBe("closed");
  handler.mockImplementation(async () => new Response(null, { status: 500 }));
});

describe("a fallback answers instead:", () => {
  test("a function, told of the refusal and the call", async () => {
    const answer = new Response("the last good orders");
    const fallback = vi.fn<(context: { error: unknown; args: readonly unknown[] }) => Response>(() => answer);
    const { call } = await opened({ fallback });
    expect(await call()).toBe(answer);
    const { error, args } = fallback.mock.lastCall![0];
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect((args[0] as Request).url).toBe("http://localhost/orders/7");
    expect(await (args[1] as { params: Promise<object> }).params).toEqual({ id: "7" });
  });

  test("a Response, afresh each time", async () => {
    const { call } = await opened({ fallback: Response.json([]) });
    for (let refusal = 0; refusal < 2; refusal++) expect(await (await call()).json()).toEqual([]);
  });

  test("not while closed, and one that fails is thrown", async () => {
    const error = new Error("no fallbackFor");
    const fallback = vi.fn<() => Promise<Response>>(() => Promise.reject(error));
    const route = guardedRoute(handler, { failureThreshold: 1, fallback });
    expect((await route.call()).status).toBe(500);
    expect(fallback).not.toHaveBeenCalled();
    await expect(route.call()).rejects.toBe(error);
  });
});

describe("where Next would keep the answer it throws, fallback or not:", () => {
  test.each(["prerender", "prerender-legacy", "prerender-ppr", "cache", "unstable-cache"])(
    "%s",
    async (type) => {
      const { call, name } = await opened({ fallback: () => new Response("instead") });
      render.scope = { type };
      await expect(call()).rejects.toMatchObject({ name: "CircuitOpenError", circuit: name });
    },
  );

  test("a refusal inside the handler, too", async () => {
    const refusal = new CircuitOpenError("inner", 7000);
    const { call } = guardedRoute(() => Promise.reject(refusal));
    render.scope = { type: "prerender-legacy" };
    await expect(call()).rejects.toBe(refusal);
  });

  test("but not in an ordinary request", async () => {
    const { call } = await opened();
    render.scope = { type: "request", phase: "action" };
    expect((await call()).status).toBe(503);
  });
});

describe("enabled", () => {
  test.each<[string, RouteOptions["enabled"]]>([
    ["false", false],
    ["a function that says false", () => false],
  ])("%s: as if not installed", async (_, enabled) => {
    const { call, circuit } = guardedRoute(handler, { enabled, failureThreshold: 1 });
    for (let request = 0; request < 3; request++) expect((await call()).status).toBe(500);
    expect(circuit()).toBeUndefined();
  });

  test("observe: counts and tells, refuses nothing", async () => {
    const events: ProtegoEvent[] = [];
    const { call, circuit } = await opened({ enabled: "observe", on: (event) => events.push(event) });
    expect(circuit().state).toBe("open");
    expect((await call()).status).toBe(500);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(events.slice(-3)).toMatchObject([
      { type: "call.refused", observed: true },
      { type: "call.allowed" },
      { type: "call.failed" },
    ]);
  });

  test("under `next build` nothing is counted or refused", async () => {
    vi.stubEnv("NEXT_PHASE", "phase-production-build");
    const { call, circuit } = guardedRoute(handler, { failureThreshold: 1 });
    vi.unstubAllEnvs();
    for (let request = 0; request < 3; request++) expect((await call()).status).toBe(500);
    expect(circuit()).toBeUndefined();
  });
});

describe("timeout", () => {
  const hanging = (): Promise<Response> => new Promise(() => {});

  test("the answer after it is 504 that nobody may cache, and it counts", async () => {
    const { call, totals } = guardedRoute(hanging, { timeout: "20ms" });
    const response = await call();
    expect(response.status).toBe(504);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({ type: "about:blank", title: "Gateway Timeout", status: 504 });
    expect(totals()).toMatchObject({ failed: 1 });
  });

  test("a TimeoutError of the handler's own is thrown on", async () => {
    const error = new DOMException("the database", "TimeoutError");
    const { call } = guardedRoute(() => Promise.reject(error), { timeout: "10s" });
    await expect(call()).rejects.toBe(error);
  });

  test("there is none unless asked for", async () => {
    vi.useFakeTimers();
    let settled = false;
    void guardedRoute(hanging)
      .call()
      .finally(() => (settled = true));
    await vi.advanceTimersByTimeAsync(3_600_000);
    vi.useRealTimers();
    expect(settled).toBe(false);
  });
});

test("maxConcurrent refuses more at a time with a 503 to come again soon", async () => {
  const { call } = guardedRoute(() => new Promise(() => {}), { maxConcurrent: 1 });
  void call();
  const response = await call();
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
});
