import { expect, test, vi } from "vitest";
import type { ErrorMatcher, IsFailure } from "../../src/index.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { refusedUrl } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

class Expected extends Error {}
class MoreExpected extends Expected {}

const matching: Array<[string, ErrorMatcher, Error]> = [
  ["its class", Expected, new Expected()],
  ["a class above its own", Expected, new MoreExpected()],
  ["a predicate", (error) => (error as Error).message === "maintenance", new Error("maintenance")],
  ["a predicate that is a plain function", sayYes, new Error("any")],
];

const notMatching: Array<[string, ErrorMatcher]> = [
  ["another class", Expected],
  ["a predicate that says no", () => false],
  ["a predicate that throws", throwsAlways],
  ["a predicate whose answer is true-ish at most", () => "yes" as unknown as boolean],
];

function sayYes(): boolean {
  return true;
}

function throwsAlways(): boolean {
  throw new Error("of the predicate");
}

test.each(matching)("an error that is matched by %s does not count", async (_, matcher, error) => {
  const { fetch, totals } = guardedFetch({
    ignoreErrors: [matcher],
    fetch: () => Promise.reject(error),
  });
  expect(await rejectionOf(fetch("http://api.test"))).toBe(error);
  expect(totals()).toEqual(counted.nothing);
});

test.each(notMatching)("%s lets an error count", async (_, matcher) => {
  const error = new Error("fetch failed");
  const { fetch, totals } = guardedFetch({
    ignoreErrors: [matcher],
    fetch: () => Promise.reject(error),
  });
  expect(await rejectionOf(fetch("http://api.test"))).toBe(error);
  expect(totals()).toEqual(counted.failure);
});

test("a real network error can be ignored by its cause", async () => {
  const isRefusal: ErrorMatcher = (error) =>
    (error as { cause: { code: string } }).cause.code === "ECONNREFUSED";
  const { fetch, totals } = guardedFetch({ ignoreErrors: [isRefusal] });
  await rejectionOf(fetch(refusedUrl));
  expect(totals()).toEqual(counted.nothing);
});

test("one matcher of several is enough, and isFailure is not asked", async () => {
  const isFailure = vi.fn<IsFailure<Response>>(() => true);
  const { fetch, totals } = guardedFetch({
    ignoreErrors: [RangeError, Expected],
    isFailure,
    fetch: () => Promise.reject(new Expected()),
  });
  await rejectionOf(fetch("http://api.test"));
  expect(isFailure).not.toHaveBeenCalled();
  expect(totals()).toEqual(counted.nothing);
});

test("a refusal by another circuit does not count", async () => {
  const inner = guardedFetch();
  await inner.fetch("data:,").catch(() => {});
  inner.circuit().open();
  const { fetch, totals } = guardedFetch({ fetch: inner.fetch });
  await rejectionOf(fetch("http://api.test"));
  expect(totals()).toEqual(counted.nothing);
});
