import { describe, expect, test } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { refusalResponse } from "../../src/options.ts";

let serial = 0;

/** What a fetch answers whose circuit is open for 42 s. */
async function refused(...given: Parameters<typeof refusalResponse>): Promise<Response> {
  const name = `secret upstream ${++serial}`;
  const fetch = createProtectedFetch({
    name,
    resetTimeout: "42s",
    fallback: refusalResponse(...given),
    fetch: () => Promise.reject(new Error("It was sent.")),
  });
  circuits.register(name, { resetTimeout: "42s" }).open();
  return fetch("https://upstream.test/secret", { headers: { authorization: "secret" } });
}

const words = "Refused by a circuit breaker. The request was not sent.";

describe.each([
  [504, "Gateway Timeout", undefined],
  [500, "Internal Server Error", { status: 500 }],
  [502, "Bad Gateway", { status: 502 }],
  [503, "Service Unavailable", { status: 503 }],
  [504, "Gateway Timeout", { status: 504 }],
] as const)("%i %s", (status, title, options) => {
  test("is a problem that no cache keeps and no SDK retries", async () => {
    const response = await refused(options);
    expect(response.ok).toBe(false);
    expect([response.status, response.statusText]).toEqual([status, title]);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "application/problem+json",
      "stripe-should-retry": "false",
      "x-should-retry": "false",
      ...(status === 503 && { "retry-after": "42" }),
    });
  });

  test("says that it is an error, and nothing of circuit, upstream or request", async () => {
    const text = await (await refused(options)).text();
    expect(JSON.parse(text)).toEqual({
      type: "about:blank",
      title,
      status,
      message: words,
      error: { type: "api_error", message: words },
    });
    expect(text).not.toContain("secret");
  });
});

test("each call has a Response of its own, which can be read", async () => {
  const fallback = refusalResponse();
  const fetch = createProtectedFetch({ name: "read twice", fallback });
  circuits.register("read twice").open();
  for (let call = 0; call < 2; call++) {
    // oxlint-disable-next-line no-await-in-loop
    expect(await (await fetch("https://upstream.test")).json()).toMatchObject({ status: 504 });
  }
});

test.each([[200], [404], [599], [503.5], ["504"], [null]])("a status of %j is refused in words", (status) => {
  expect(() => refusalResponse({ status: status as never })).toThrow(
    /option "status" must be 500, 502, 503 or 504; got/,
  );
});

test.each([[null], [504]])("%j in place of options is refused in words", (options) => {
  expect(() => refusalResponse(options as never)).toThrow(/option "refusalResponse" must be an object/);
});
