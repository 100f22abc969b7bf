import { expect, test } from "vitest";
import { failingStatuses } from "../../src/options.ts";
import { guardedFetch } from "./guarded-fetch.ts";

function answering(status: number): typeof fetch {
  return () => Promise.resolve(new Response(null, { status }));
}

test.each([
  [404, [404], "failed"],
  [404, ["4xx"], "failed"],
  [404, [410, "5xx"], "succeeded"],
  [503, ["5xx"], "failed"],
  [503, [500], "succeeded"],
  [429, ["5xx"], "succeeded"],
  [200, ["2xx"], "failed"],
] as const)("%i is judged by failingStatuses(%j): %s", async (status, failing, result) => {
  const { fetch, totals } = guardedFetch({
    isFailure: failingStatuses(...failing),
    fetch: answering(status),
  });
  await fetch("http://a.test");
  expect(totals()).toMatchObject({ succeeded: 0, failed: 0, [result]: 1 });
});

test("errors count as ever", async () => {
  const { fetch, totals } = guardedFetch({
    isFailure: failingStatuses("5xx"),
    fetch: () => Promise.reject(new TypeError("fetch failed")),
  });
  await fetch("http://a.test").catch(() => {});
  expect(totals()).toMatchObject({ failed: 1 });
});

test.each([[99], [600], [200.5], [NaN], ["6xx"], ["500"], ["5XX"], [""], [null], [undefined]])(
  "%j is no status and no class",
  (wrong) => {
    expect(() => failingStatuses(wrong as never)).toThrow(/"isFailure" must be statuses/);
  },
);
