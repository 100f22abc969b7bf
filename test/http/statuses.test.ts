import { describe, expect, test } from "vitest";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();

const failures = [408, 429, 500, 501, 502, 503, 504, 505, 507, 511, 520, 599];
const successes = [
  200, 201, 202, 203, 204, 205, 206, 207, 226, 300, 304, 400, 401, 402, 403, 404, 405, 406, 409, 410, 412,
  413, 415, 417, 418, 422, 423, 425, 426, 428, 431, 451, 499,
];

test.each(failures)("%i counts as a failure and reaches the caller", async (status) => {
  const { fetch, totals, circuit } = guardedFetch();
  expect((await fetch(upstream.status(status))).status).toBe(status);
  expect(totals()).toEqual(counted.failure);
  expect(circuit().snapshot().lastFailure).toBe(`HTTP ${status}`);
});

test.each(successes)("%i counts as a success", async (status) => {
  const { fetch, totals } = guardedFetch();
  expect((await fetch(upstream.status(status))).status).toBe(status);
  expect(totals()).toEqual(counted.success);
});

test("Response.error(), by which a fetch of one's own says that the network failed, counts as a failure", async () => {
  const error = Response.error();
  const { fetch, totals } = guardedFetch({ fetch: () => Promise.resolve(error) });
  expect(await fetch("https://a.test/")).toBe(error);
  expect(totals()).toEqual(counted.failure);
});

test("the tables above leave no class of answers out", () => {
  const classes = new Set([...failures, ...successes].map((status) => Math.floor(status / 100)));
  expect(classes).toEqual(new Set([2, 3, 4, 5]));
});

describe("redirects", () => {
  const to = (location: string) => {
    upstream.answer = ({ url }, response) =>
      url === "/start"
        ? response.writeHead(302, { location }).end()
        : response.writeHead(Number(url!.slice(1))).end();
    return `${upstream.origin}/start`;
  };

  test("are judged by where they end", async () => {
    const good = guardedFetch();
    expect((await good.fetch(to("/200"))).redirected).toBe(true);
    expect(good.totals()).toEqual(counted.success);

    const bad = guardedFetch();
    expect((await bad.fetch(to("/503"))).status).toBe(503);
    expect(bad.totals()).toEqual(counted.failure);
  });

  test("that the caller wants to see count as a success", async () => {
    const { fetch, totals } = guardedFetch();
    expect((await fetch(to("/503"), { redirect: "manual" })).status).toBe(302);
    expect(totals()).toEqual(counted.success);
  });

  test("that the caller forbade are the caller's doing", async () => {
    const { fetch, totals } = guardedFetch();
    await expect(fetch(to("/200"), { redirect: "error" })).rejects.toThrow(TypeError);
    expect(totals()).toEqual(counted.nothing);
  });

  test("without an end are the upstream's failure", async () => {
    const { fetch, totals } = guardedFetch();
    await expect(fetch(to("/start"))).rejects.toThrow("fetch failed");
    expect(totals()).toEqual(counted.failure);
  });

  test("to another origin count for the circuit of the URL that was called", async () => {
    const { fetch, totals } = guardedFetch();
    const elsewhere = to("/503").replace("127.0.0.1", "localhost").replace("/start", "/503");
    await fetch(to(elsewhere));
    expect(totals()).toEqual(counted.failure);
  });
});
