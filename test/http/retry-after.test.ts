import { describe, expect, test, vi } from "vitest";
import type { ProtectedFetchOptions } from "../../src/index.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();

const date = "Sun, 06 Nov 1994 08:00:00 GMT";

/** How long the circuit refuses after one failing answer with these headers, in seconds. */
async function refusesFor(
  retryAfter: string,
  { status = 503, ...options }: ProtectedFetchOptions & { status?: number } = {},
): Promise<number> {
  upstream.answer = (_, response) => {
    response.sendDate = false;
    response.writeHead(status, { date, ...(retryAfter !== "" && { "retry-after": retryAfter }) }).end();
  };
  const { fetch, circuit } = guardedFetch({ failureThreshold: 1, resetTimeout: "5s", ...options });
  await fetch(upstream.origin);
  return circuit().snapshot().retryAfter / 1000;
}

describe.each([503, 429])("on %i the upstream's wish is honoured", (status) => {
  test.each<[string, string, number]>([
    ["seconds", "120", 120],
    ["seconds with spaces around them", " 90 ", 90],
    ["a date as of today", "Sun, 06 Nov 1994 08:02:00 GMT", 120],
    ["a date as of RFC 850", "Sunday, 06-Nov-94 08:02:00 GMT", 120],
    ["a date as of asctime", "Sun Nov  6 08:02:00 1994", 120],
  ])("in %s", async (_, header, seconds) => {
    expect(await refusesFor(header, { status })).toBe(seconds);
  });
});

test.each([
  ["nothing", ""],
  ["zero", "0"],
  ["less than resetTimeout", "4"],
  ["a negative number", "-120"],
  ["a fraction", "120.5"],
  ["an exponent", "1e3"],
  ["a unit", "120s"],
  ["words", "soon"],
  ["two values", "120, 240"],
  ["words with a year in them", "after 2099"],
  ["a date that has passed", "Sun, 06 Nov 1994 07:00:00 GMT"],
  ["a date that does not exist", "Sun, 99 Nov 1994 08:02:00 GMT"],
])("%s leaves it at resetTimeout", async (_, header) => {
  expect(await refusesFor(header)).toBe(5);
});

describe("no upstream can lock its own door for ever:", () => {
  test.each<[string, string, ProtectedFetchOptions, number]>([
    ["a huge number ends at maxRetryAfter, 10 minutes by default", "86400", {}, 600],
    ["so does one of nine digits", "999999999", {}, 600],
    ["so does one of twenty digits", "99999999999999999999", {}, 600],
    ["so does a date far away", "Fri, 31 Dec 9999 23:59:59 GMT", {}, 600],
    ["maxRetryAfter sets another end", "86400", { maxRetryAfter: "1h" }, 3600],
    ["maxRetryAfter 0 ignores the header", "86400", { maxRetryAfter: 0 }, 5],
    ["maxRetryAfter does not shorten resetTimeout", "86400", { maxRetryAfter: "2s" }, 5],
  ])("%s", async (_, header, options, seconds) => {
    expect(await refusesFor(header, options)).toBe(seconds);
  });
});

test("a date counts from the response's own Date: nobody's clock has to be right", async () => {
  upstream.answer = (_, response) => {
    response.sendDate = false;
    response.writeHead(503, { "retry-after": "Sun, 06 Nov 1994 08:02:00 GMT" }).end();
  };
  const { fetch, circuit } = guardedFetch({ failureThreshold: 1, resetTimeout: "5s" });
  await fetch(upstream.origin);
  expect(circuit().snapshot().retryAfter).toBe(5_000);
});

test("the circuit lets a trial through when the upstream's time is over, not before", async () => {
  upstream.answer = (_, response) => response.writeHead(429, { "retry-after": "120" }).end();
  const { fetch, circuit, clock } = guardedFetch({ failureThreshold: 1, resetTimeout: "5s" });
  await fetch(upstream.origin);
  clock.advance("119s");
  await expect(fetch(upstream.origin)).rejects.toMatchObject({ retryAfter: 1000 });
  clock.advance("1s");
  expect((await fetch(upstream.status(200))).status).toBe(429);
  expect(circuit().state).toBe("open");
});

test("asctime is GMT wherever the server stands", async () => {
  vi.stubEnv("TZ", "America/New_York");
  expect(new Date(0).getTimezoneOffset()).toBe(300);
  expect(await refusesFor("Sun Nov  6 08:02:00 1994")).toBe(120);
  vi.unstubAllEnvs();
});

test("a header on an answer that opens nothing changes nothing", async () => {
  upstream.answer = (_, response) => response.writeHead(503, { "retry-after": "120" }).end();
  const { fetch, circuit } = guardedFetch({ resetTimeout: "5s" });
  await fetch(upstream.origin);
  expect(circuit().snapshot()).toMatchObject({ state: "closed", retryAfter: 0 });
});
