import { afterEach, expect, test } from "vitest";
import { circuits, createProtectedFetch, type ProtegoEvent, protect, withProtego } from "../../src/index.ts";
import { refusalResponse, staleIfError } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";

afterEach(resetCircuits);

const url = "https://upstream.test/";
const isDown = (): Promise<Response> => Promise.resolve(new Response("no", { status: 503 }));

/** What has answered in place of calls: as events tell it, and as it is counted. */
function substitutes(): { told: string[]; counts: () => object } {
  const told: string[] = [];
  circuits.subscribe((event: ProtegoEvent) => {
    if (event.type === "call.substituted") told.push(`${event.circuit} ${event.kind}`);
  });
  return {
    told,
    counts() {
      const { fallback, stale, cache } = circuits.snapshot()[0]!.totals;
      return { fallback, stale, cache };
    },
  };
}

const none = { fallback: 0, stale: 0, cache: 0 };

test("a fallback that answers a refused fetch is counted and told, once a call", async () => {
  const { told, counts } = substitutes();
  const fetch = createProtectedFetch({
    name: "api",
    failureThreshold: 1,
    fetch: isDown,
    fallback: new Response("instead"),
  });
  await fetch(url);
  expect(counts()).toEqual(none);
  await fetch(url);
  await fetch(url);
  expect(counts()).toEqual({ ...none, fallback: 2 });
  expect(told).toEqual(["api fallback", "api fallback"]);
});

test("the last good answer is, in place of a failure and of a refusal", async () => {
  const { told, counts } = substitutes();
  let isUp = true;
  const fetch = createProtectedFetch({
    name: "api",
    failureThreshold: 1,
    stale: staleIfError({ key: ({ url: place }) => place }),
    fetch: () =>
      isUp ? Promise.resolve(new Response("good", { headers: { "cache-control": "max-age=60" } })) : isDown(),
  });
  await (await fetch(url)).text();
  expect(counts()).toEqual(none);
  isUp = false;
  expect(await (await fetch(url)).text()).toBe("good");
  expect(await (await fetch(url)).text()).toBe("good");
  expect(counts()).toEqual({ ...none, stale: 2 });
  expect(told).toEqual(["api stale", "api stale"]);
});

const failing = (): Promise<number> => Promise.reject(new Error("no"));

test.each([
  ["protect, refused", { fallback: () => 7 }, 2, 1],
  ["protect, refused, with nothing to return", { fallback: (): undefined => undefined }, 2, 1],
  ["protect, failed", { fallbackOnFailure: () => 7 }, 1, 1],
])("%s: counted", async (_, options, calls, expected) => {
  const { told, counts } = substitutes();
  const call = protect(failing, { name: "api", failureThreshold: 1, ...(options as object) });
  for (let i = 0; i < calls; i++) await call().catch(() => {});
  expect(counts()).toEqual({ ...none, fallback: expected });
  expect(told).toEqual(["api fallback"]);
});

test.each([
  ["that has no answer to a failure", { fallbackOnFailure: () => undefined }],
  [
    "that throws",
    {
      fallback: () => {
        throw new RangeError("no");
      },
    },
  ],
])("a fallback %s is none", async (_, options) => {
  const { told, counts } = substitutes();
  const call = protect(failing, { name: "api", failureThreshold: 1, ...(options as object) });
  for (let i = 0; i < 2; i++) await call().catch(() => {});
  expect(counts()).toEqual(none);
  expect(told).toEqual([]);
});

const unavailable = () => new Response("later", { status: 503 });

test.each([
  ["createProtectedFetch, refused", { fallback: refusalResponse() }, createProtectedFetch],
  ["createProtectedFetch, failed", { fallbackOnFailure: unavailable }, createProtectedFetch],
  [
    "protect, refused",
    { fallback: unavailable },
    (options: object) => protect(failing, { name: "api", ...options }),
  ],
])("a fallback that only says no in other words is no substitute: %s", async (_, more, wrap) => {
  const { told, counts } = substitutes();
  const options = { name: "api", failureThreshold: 1, ...more };
  const call = wrap(wrap === createProtectedFetch ? { ...options, fetch: isDown } : options) as typeof fetch;
  for (let i = 0; i < 3; i++) await call(url).catch(() => {});
  expect(counts()).toEqual(none);
  expect(told).toEqual([]);
});

test("a route's fallback is counted; its own 503 is a refusal, and nothing else", async () => {
  const { told } = substitutes();
  const route = (name: string, more: object) =>
    withProtego(isDown, { name, failureThreshold: 1, ...more }) as (request: Request) => Promise<Response>;
  const bare = route("bare", {});
  const kind = route("kind", { fallback: () => new Response("instead") });
  const statuses: number[] = [];
  for (const each of [bare, bare, kind, kind]) {
    // oxlint-disable-next-line no-await-in-loop
    statuses.push((await each(new Request(url))).status);
  }
  expect(statuses).toEqual([503, 503, 503, 200]);
  expect(told).toEqual(["kind fallback"]);
});
