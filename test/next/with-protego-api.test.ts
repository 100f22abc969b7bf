import type { NextApiHandler } from "next";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Circuit, circuits, CircuitOpenError, type Totals } from "../../src/index.ts";
import { type ApiOptions, withProtegoApi } from "../../src/next.ts";
import { testClock, type TestClock } from "../../src/testing.ts";
import { apiServer } from "./api-server.ts";

const server = apiServer();
beforeEach(() => void (server.thrown = []));

let serial = 0;

function route(
  handler: NextApiHandler,
  options: Partial<ApiOptions> = {},
): { clock: TestClock; circuit: () => Circuit; totals: () => Totals } {
  const name = `api route ${++serial}`;
  const clock = testClock();
  server.handler = withProtegoApi(handler, { name, clock, failureThreshold: 1, ...options });
  const circuit = (): Circuit => circuits.get(name)!;
  return { clock, circuit, totals: () => circuit().snapshot().totals };
}

const answering =
  (status: number): NextApiHandler =>
  (_, response) =>
    response.status(status).json({ status });

test.each([200, 204, 302, 404, 429])("an answer of %i goes out and is a success", async (status) => {
  const { totals } = route(answering(status));
  expect((await fetch(server.url, { redirect: "manual" })).status).toBe(status);
  expect(totals()).toMatchObject({ succeeded: 1, failed: 0 });
});

test.each([500, 502, 503])("an answer of %i goes out and counts", async (status) => {
  const { totals, circuit } = route(answering(status));
  const response = await fetch(server.url);
  expect([response.status, await response.json()]).toEqual([status, { status }]);
  expect(totals()).toMatchObject({ succeeded: 0, failed: 1 });
  expect(circuit().state).toBe("open");
});

test("what the handler throws is thrown on, the same, and counts", async () => {
  const error = new Error("broken");
  const { totals } = route(() => Promise.reject(error));
  expect((await fetch(server.url)).status).toBe(500);
  expect(server.thrown).toEqual([error]);
  expect(server.thrown[0]).toBe(error);
  expect(totals()).toMatchObject({ failed: 1 });
});

describe("while the circuit is open", () => {
  test("the answer is 503 without running the handler, and leaks nothing", async () => {
    const handler = vi.fn<NextApiHandler>(answering(500));
    const { clock } = route(handler);
    await fetch(server.url);
    clock.advance("18s");
    const response = await fetch(server.url);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("42");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({ type: "about:blank", title: "Service Unavailable", status: 503 });
  });

  test("good trials close it", async () => {
    let status = 500;
    const { clock, circuit } = route((_, response) => response.status(status).end());
    await fetch(server.url);
    status = 200;
    clock.advance("60s");
    for (let trial = 0; trial < 2; trial++) expect((await fetch(server.url)).status).toBe(200);
    expect(circuit().state).toBe("closed");
  });
});

describe("a refusal by another circuit inside the handler", () => {
  test("becomes a 503 with that circuit's time, and does not count", async () => {
    const { totals, circuit } = route(() => Promise.reject(new CircuitOpenError("inner", 6500)));
    const response = await fetch(server.url);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(server.thrown).toEqual([]);
    expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
    expect(circuit().state).toBe("closed");
  });

  test("is thrown on where the answer has begun: it cannot be changed any more", async () => {
    const refusal = new CircuitOpenError("inner", 7000);
    const { totals } = route((_, response) => {
      response.status(200).write("begin");
      return Promise.reject(refusal);
    });
    const response = await fetch(server.url);
    expect([response.status, await response.text()]).toEqual([200, "begin"]);
    expect(server.thrown[0]).toBe(refusal);
    expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
  });
});

test("a name may be a function of the request", async () => {
  route(answering(200), { name: ({ url }) => `api at ${url}` });
  await fetch(server.url);
  expect(circuits.get("api at /api/orders")?.snapshot().totals.succeeded).toBe(1);
});

test("a naming function that throws leaves it method and path, one circuit for all queries", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  route(answering(200), { name: () => JSON.parse("{") as string });
  await fetch(`${server.url}?unnamed`);
  expect(circuits.get("GET /api/orders")?.snapshot().totals.succeeded).toBe(1);
  vi.restoreAllMocks();
});

test("isFailure is asked about the status", async () => {
  const isFailure = vi.fn<(outcome: object, byDefault: boolean) => boolean>(() => true);
  const { totals } = route(answering(404), { isFailure });
  await fetch(server.url);
  expect(isFailure).toHaveBeenCalledExactlyOnceWith({ value: 404 }, false, expect.anything());
  expect(totals()).toMatchObject({ failed: 1 });
});

test("ignoreErrors never count", async () => {
  const { totals } = route(() => Promise.reject(new RangeError("page 0")), { ignoreErrors: [RangeError] });
  await fetch(server.url);
  expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
});

test("enabled false: as if not wrapped", async () => {
  const { circuit } = route(answering(500), { enabled: false });
  for (let call = 0; call < 2; call++) expect((await fetch(server.url)).status).toBe(500);
  expect(circuit()).toBeUndefined();
});

test("observe: counts, refuses nothing", async () => {
  const { totals, circuit } = route(answering(500), { enabled: "observe" });
  for (let call = 0; call < 2; call++) expect((await fetch(server.url)).status).toBe(500);
  expect(circuit().state).toBe("open");
  expect(totals()).toMatchObject({ failed: 2, refused: 0, observed: 1 });
});

test("a timeout answers 504, and counts", async () => {
  const { totals } = route(() => new Promise<void>(() => {}), { timeout: "20ms" });
  const response = await fetch(server.url);
  expect(response.status).toBe(504);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ type: "about:blank", title: "Gateway Timeout", status: 504 });
  expect(totals()).toMatchObject({ failed: 1 });
});

test.each([
  ["handler", undefined, { name: "bad" }],
  ["name", answering(200), {}],
  ["timeout", answering(200), { name: "bad", timeout: "soon" }],
])("a bad %s throws when the route is wrapped", (option, handler, options) => {
  expect(() => withProtegoApi(handler as NextApiHandler, options as ApiOptions)).toThrow(
    `option "${option}" must be`,
  );
});
