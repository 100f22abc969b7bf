import { describe, expect, test } from "vitest";
import { gatewayTimeout, unavailable } from "../../src/http/unavailable.ts";

test.each([
  [42_000, "42"],
  [42_001, "43"],
  [1, "1"],
  [0, "1"],
  [-5, "1"],
  [600_000, "600"],
])("%i ms are Retry-After: %s", (ms, seconds) => {
  expect(unavailable(ms).headers.get("retry-after")).toBe(seconds);
});

describe.each([
  [503, "Service Unavailable", () => unavailable(42_000), ["cache-control", "content-type", "retry-after"]],
  [504, "Gateway Timeout", () => gatewayTimeout(), ["cache-control", "content-type"]],
] as const)("%i", (status, title, make, headers) => {
  test("is a problem as of RFC 9457 that nobody may cache", async () => {
    const response = make();
    expect(response.status).toBe(status);
    expect(response.statusText).toBe(title);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({ type: "about:blank", title, status });
  });

  test("says nothing else", () => {
    expect([...make().headers.keys()]).toEqual(headers);
  });

  test("is a Response of its own each time", () => {
    expect(make()).not.toBe(make());
  });
});
