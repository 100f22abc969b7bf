import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";

export function routeWrapper(app: () => App): void {
  const name = "GET /api/failing/[how]";

  test("the handler's own answer goes out untouched, and a 500 counts", async () => {
    await app().command(name, "reset");
    const response = await app().get("/api/failing/500");
    expect([response.status, await response.text()]).toEqual([500, "secret answer 500"]);
    expect(response.headers.get("x-own")).toBe("yes");
    expect(await app().circuit(name)).toMatchObject({ failures: 1, lastFailure: "HTTP 500" });
  });

  test("a 404 of the handler is a success", async () => {
    await app().command(name, "reset");
    expect((await app().get("/api/failing/404")).status).toBe(404);
    expect(await app().circuit(name)).toMatchObject({ totals: { succeeded: 1, failed: 0 } });
  });

  test("an open circuit answers 503 with Retry-After, is not cached, and leaks nothing", async () => {
    await app().command(name, "reset");
    for (const how of ["throws", "500"]) expect((await app().get(`/api/failing/${how}`)).status).toBe(500);
    const response = await app().get("/api/failing/200");
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(80);
    expect(Number(response.headers.get("retry-after"))).toBeLessThanOrEqual(90);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ status: 503, title: "Service Unavailable" });
    expect(body + JSON.stringify([...response.headers])).not.toMatch(/secret|failing|PROTEGO|circuit/i);
  });

  test("HEAD shares the circuit of GET", async () => {
    await app().command(name, "reset");
    await app().get("/api/failing/500", { method: "HEAD" });
    expect(await app().circuit(name)).toMatchObject({ failures: 1 });
    expect(await app().circuit("HEAD /api/failing/[how]")).toBeUndefined();
    await app().command(name, "open");
    expect((await app().get("/api/failing/200", { method: "HEAD" })).status).toBe(503);
  });

  test("a refusal inside becomes 503 and does not count for the route", async () => {
    await app().command("/inside", "open");
    const response = await app().get("/api/inside?path=/inside");
    expect([response.status, response.headers.get("cache-control")]).toEqual([503, "no-store"]);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(500);
    expect(await app().circuit("GET /api/inside")).toMatchObject({
      failures: 0,
      totals: { failed: 0, ignored: 1 },
    });
  });

  test("the upstream's response passes through a protected fetch and a wrapped route", async () => {
    const response = await app().get("/api/inside?path=/passed-through");
    expect([response.status, await response.text()]).toEqual([200, "answer 1 of /passed-through"]);
  });

  test("a stream starts before it ends, and hears that the client left", async () => {
    const client = new AbortController();
    const response = await app().get("/api/stream", { signal: client.signal });
    const { value } = await response.body!.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("first");
    client.abort();
    await expect.poll(() => app().circuit("the stream was cancelled"), { timeout: 10_000 }).toBeDefined();
  });

  test.each([
    ["GET", "/api/typed/7?q=x", { id: "7", query: "x" }],
    ["PUT", "/api/typed/7", { params: { id: "7" }, path: "/api/typed/7" }],
    ["POST", "/api/typed/7", { id: "7", body: "hello" }],
    ["GET", "/api/rest/a/b", "a+b"],
    ["GET", "/api/optional", null],
    ["GET", "/api/optional/a", ["a"]],
  ])("%s %s gets its params", async (method, path, expected) => {
    const response = await app().get(path, { method, ...(method === "POST" ? { body: "hello" } : {}) });
    expect(await response.json()).toEqual(expected);
  });

  test("circuits are named by method and pattern, never by the path that came", async () => {
    await app().get("/api/rest/some/path");
    expect(await app().circuit("GET /api/rest/[...path]")).toBeDefined();
    expect(await app().circuit("GET /api/rest/some/path")).toBeUndefined();
  });
}
