import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDashboard, type DashboardOptions } from "../../src/dashboard.ts";
import { circuits } from "../../src/index.ts";
import { WrongTokens } from "../../src/dashboard/wrong-tokens.ts";
import { monotonicClock } from "../../src/runtime/clock.ts";
import { resetCircuits } from "../../src/testing.ts";

const token = "a token of many characters";
const url = "http://localhost:3000/protego";

beforeEach(() => {
  resetCircuits();
  circuits.register("payments");
});
afterEach(() => vi.unstubAllEnvs());

function get(options: DashboardOptions, headers: Record<string, string> = {}, path: string[] = []) {
  const request = new Request([url, ...path].join("/"), { headers: { host: "localhost:3000", ...headers } });
  return createDashboard({ audit: () => {}, ...options }).GET(request, context(path));
}

function post(options: DashboardOptions, headers: Record<string, string> = {}) {
  const path = ["circuits", "payments", "open"];
  const request = new Request([url, ...path].join("/"), {
    method: "POST",
    headers: { host: "localhost:3000", ...headers },
  });
  return createDashboard({ audit: () => {}, ...options }).POST(request, context(path));
}

function context(path: string[]): { params: Promise<{ path?: string[] }> } {
  return { params: Promise.resolve(path.length > 0 ? { path } : {}) };
}

const basic = (password: string): string => `Basic ${btoa(`anybody:${password}`)}`;

describe("looking", () => {
  test.each<[string, DashboardOptions, Record<string, string>, number]>([
    ["nothing is set up", {}, {}, 403],
    ["authorize is undefined, as a missing variable is", { authorize: undefined }, {}, 403],
    ["the token is not given", { authorize: token }, {}, 401],
    ["the token is another", { authorize: token }, { authorization: "Bearer wrong token of many" }, 401],
    ["the token is only begun", { authorize: token }, { authorization: `Bearer ${token.slice(0, 9)}` }, 401],
    ["the token goes on", { authorize: token }, { authorization: `Bearer ${token}x` }, 401],
    ["the token comes bare", { authorize: token }, { authorization: token }, 401],
    ["the password is another", { authorize: token }, { authorization: basic("guess") }, 401],
    ["the password is no base64", { authorize: token }, { authorization: "Basic %%%" }, 401],
    ["the function says no", { authorize: () => false }, {}, 403],
    ["the function says no later", { authorize: () => Promise.resolve(false) }, {}, 403],
    ["the function throws", { authorize: () => JSON.parse("{") as boolean }, {}, 403],
    ["the function rejects", { authorize: () => Promise.reject(new Error("no")) }, {}, 403],
    ["the function says nothing", { authorize: () => undefined as never }, {}, 403],
    ["the function names nobody", { authorize: () => "" }, {}, 403],
  ])("is refused when %s", async (_when, options, headers, status) => {
    const response = await get(options, headers);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("payments");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.has("www-authenticate")).toBe(status === 401);
  });

  test.each<[string, DashboardOptions, Record<string, string>]>([
    ["the bearer token", { authorize: token }, { authorization: `Bearer ${token}` }],
    ["the password that a browser asked for", { authorize: token }, { authorization: basic(token) }],
    ["a function that says yes", { authorize: () => true }, {}],
    ["a function that says yes later", { authorize: () => Promise.resolve(true) }, {}],
    ["a function that says who it is", { authorize: () => "ada" }, {}],
  ])("is granted to %s", async (_whom, options, headers) => {
    const response = await get(options, headers);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("payments");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  const here = { host: "localhost:3000", "x-forwarded-for": "127.0.0.1" };
  test.each<[from: string, mode: string, headers: Record<string, string>, status: number]>([
    ["localhost", "development", here, 200],
    ["127.0.0.1", "development", { ...here, host: "127.0.0.1:3000" }, 200],
    ["[::1]", "development", { host: "[::1]:3000", "x-forwarded-for": "::1" }, 200],
    [
      "this machine in IPv6's clothes",
      "development",
      { ...here, "x-forwarded-for": "::ffff:127.0.0.1" },
      200,
    ],
    ["another host", "development", { ...here, host: "10.0.0.7:3000" }, 403],
    ["a name that may point here", "development", { ...here, host: "localhost.attacker.test" }, 403],
    ["a tunnel", "development", { ...here, "x-forwarded-host": "demo.tunnel.test" }, 403],
    ["a remote client that says localhost", "development", { ...here, "x-forwarded-for": "10.0.0.7" }, 403],
    [
      "a remote client behind a proxy here",
      "development",
      { ...here, "x-forwarded-for": "10.0.0.7, ::1" },
      403,
    ],
    ["a proxy with the other header", "development", { ...here, forwarded: "for=10.0.0.7" }, 403],
    ["nobody knows where", "development", { host: "localhost:3000" }, 403],
    ["localhost, in production", "production", here, 403],
    ["localhost, where no environment is known", "", here, 403],
  ])("without authorize from %s in %s answers as it should: %#", async (_from, mode, headers, status) => {
    vi.stubEnv("NODE_ENV", mode);
    expect((await get({}, headers)).status).toBe(status);
  });

  test.each(["circuits", "metrics", "live", "events"])("%s is as closed as the page", async (path) => {
    expect((await get({ authorize: token }, {}, [path])).status).toBe(401);
  });
});

test("a function may let somebody look and not steer: it is asked with the method of each request", async () => {
  const viewer: DashboardOptions = { authorize: ({ method }) => method !== "POST" && "bob" };
  circuits.register("payments");
  expect((await get(viewer)).status).toBe(200);
  const refused = await post(viewer, { "sec-fetch-site": "same-origin" });
  expect([refused.status, circuits.get("payments")!.state]).toEqual([403, "closed"]);
});

describe("guessing tokens", () => {
  const { GET } = createDashboard({ authorize: token });
  const ask = async (given: string | undefined, address: string): Promise<Response> => {
    const headers = {
      "x-forwarded-for": address,
      ...(given !== undefined && { authorization: `Bearer ${given}` }),
    };
    return GET(new Request(url, { headers }), context([]));
  };
  afterEach(() => vi.restoreAllMocks());

  test("is slowed down for the address that guesses, and for no other", async () => {
    let now = 1e6;
    vi.spyOn(monotonicClock, "now").mockImplementation(() => now);
    for (let guess = 0; guess < 10; guess++)
      expect((await ask(`guess ${guess}`, "1.1.1.1")).status).toBe(401);
    const told = await ask("guess 11", "1.1.1.1");
    expect([told.status, told.headers.get("retry-after")]).toEqual([429, "6"]);
    // Whether it were right is not told either.
    expect((await ask(token, "1.1.1.1")).status).toBe(429);
    expect((await ask(token, "2.2.2.2")).status).toBe(200);
    now += 6000;
    expect((await ask(token, "1.1.1.1")).status).toBe(200);
    expect((await ask("guess 12", "1.1.1.1")).status).toBe(401);
    expect((await ask(token, "1.1.1.1")).status).toBe(429);
  });

  test("is not what a browser does that has not been asked yet", async () => {
    for (let request = 0; request < 30; request++) {
      expect((await ask(undefined, "3.3.3.3")).status).toBe(401);
    }
    expect((await ask(token, "3.3.3.3")).status).toBe(200);
  });

  test("from a thousand addresses takes no memory without end", () => {
    const wrong = new WrongTokens();
    for (let address = 0; address < 2000; address++) {
      for (let guess = 0; guess < 10; guess++) wrong.count(String(address), 0);
    }
    expect([wrong.waitSeconds("999", 0), wrong.waitSeconds("1000", 0)]).toEqual([0, 6]);
  });
});

describe("steering", () => {
  const open = { authorize: () => true };
  test.each<[string, DashboardOptions, Record<string, string>, number]>([
    ["this site's page", open, { "sec-fetch-site": "same-origin" }, 200],
    ["this site's page in an old browser", open, { origin: "http://localhost:3000" }, 200],
    ["a program with the token", { authorize: token }, { authorization: `Bearer ${token}` }, 200],
    ["a browser that was asked, on this site", { authorize: token }, browser("same-origin"), 200],
    ["a browser that was asked, on another site", { authorize: token }, browser("cross-site"), 403],
    ["another site", open, { "sec-fetch-site": "cross-site", origin: "https://attacker.test" }, 403],
    ["a sister site", open, { "sec-fetch-site": "same-site" }, 403],
    ["another origin in an old browser", open, { origin: "https://attacker.test" }, 403],
    ["an opaque origin", open, { origin: "null" }, 403],
    ["nobody knows where", open, {}, 403],
    ["nobody", { authorize: token }, { "sec-fetch-site": "same-origin" }, 401],
  ])("by %s: %#", async (_by, options, headers, status) => {
    expect((await post(options, headers)).status).toBe(status);
    expect(circuits.get("payments")?.state).toBe(status === 200 ? "open" : "closed");
  });

  function browser(site: string): Record<string, string> {
    return { authorization: basic(token), "sec-fetch-site": site };
  }
});

test.each([
  ["a short token", { authorize: "secret" }, /"authorize" must be a token of at least 16/],
  ["a number", { authorize: 7 }, /"authorize"/],
  ["a base path that is none", { basePath: "protego" }, /"basePath" must be the path of the page/],
  ["no function to audit", { audit: "console" }, /"audit"/],
])("%s is refused at creation", (_what, options, message) => {
  expect(() => createDashboard(options as never)).toThrow(message);
});
