import { afterEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function protectedMock(options: object = {}) {
  const fetch = vi.fn<(...args: unknown[]) => Promise<Response>>(() =>
    Promise.resolve(new Response("answer")),
  );
  return { fetch, call: createProtectedFetch({ ...options, fetch: fetch as never }) };
}

describe("on a page", () => {
  test.each([
    ["/api/orders", "https://shop-1.test"],
    ["orders?page=2", "https://shop-1.test"],
    ["//other-1.test/orders", "https://other-1.test"],
    ["https://absolute-1.test/", "https://absolute-1.test"],
  ])("%s belongs to the circuit of %s, and goes out as it is", async (url, name) => {
    vi.stubGlobal("location", { href: "https://shop-1.test/cart/" });
    const { fetch, call } = protectedMock();
    const before = circuits.get(name)?.snapshot().totals.allowed ?? 0;
    await call(url);
    expect(circuits.get(name)?.snapshot().totals.allowed).toBe(before + 1);
    expect(fetch.mock.calls[0]![0]).toBe(url);
  });

  test("a page that is no place to resolve from leaves the call to fetch", async () => {
    vi.stubGlobal("location", { href: "about:blank" });
    const { fetch, call } = protectedMock();
    await call("/nowhere");
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

test("where there is no page it goes past the circuits, and that is told once", async () => {
  vi.resetModules();
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const fresh = await import("../../src/index.ts");
  const known = circuits.list().length;
  const fetch = vi.fn<() => Promise<Response>>(() => Promise.resolve(new Response("answer")));
  const call = fresh.createProtectedFetch({ fetch: fetch as never });
  for (const url of ["/api/a", "/api/b", "c", "http://:bad:/", "data:,a"])
    expect(await (await call(url)).text()).toBe("answer");
  expect(fetch).toHaveBeenCalledTimes(5);
  expect(circuits.list().length).toBe(known);
  expect(warn.mock.calls).toEqual([[expect.stringContaining("a relative URL")]]);
});

test("with a name it is protected wherever it is", async () => {
  const { call } = protectedMock({ name: "named relative" });
  await call("/api");
  expect(circuits.get("named relative")!.snapshot().totals.succeeded).toBe(1);
});
