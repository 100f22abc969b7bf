import { beforeEach, expect, test } from "vitest";
import { circuits, createProtectedFetch, type ProtectedFetchOptions } from "../../src/index.ts";
import { quotaPerKey, type QuotaOptions } from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";
import { loopbackServer } from "./loopback-server.ts";

beforeEach(resetCircuits);

const upstream = loopbackServer();
const clock = testClock();

/** A fetch whose upstream refuses one key, and a way to call it with a key. */
function partner(more: Partial<QuotaOptions> = {}, options: ProtectedFetchOptions = {}, retryAfter = "30") {
  const quota = quotaPerKey({ key: ({ headers }) => headers.get("x-api-key"), clock, ...more });
  const fetch = quota.around(
    createProtectedFetch({
      name: "partner",
      failureThreshold: 2,
      isFailure: quota.isFailure,
      clock,
      ...options,
    }),
  );
  upstream.answer = (request, response) => {
    const isOver = request.headers["x-api-key"] !== "good";
    response
      .writeHead(isOver ? 429 : 200, isOver && retryAfter ? { "retry-after": retryAfter } : {})
      .end("upstream");
  };
  const call = async (key?: string) => {
    const response = await fetch(upstream.origin, key === undefined ? {} : { headers: { "x-api-key": key } });
    const text = await response.text();
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      isSent: text === "upstream",
    };
  };
  return { call, fetch };
}

test("who is over its quota waits alone: others go on, and the circuit stays closed", async () => {
  const { call } = partner();
  const first = { status: 429, retryAfter: "30", isSent: true };
  expect(await call("greedy")).toEqual(first);
  clock.advance("10s");
  for (let i = 0; i < 5; i++)
    expect(await call("greedy")).toEqual({ status: 429, retryAfter: "20", isSent: false });
  expect(upstream.hits).toBe(1);
  expect((await call("good")).status).toBe(200);
  expect(circuits.get("partner")!.snapshot()).toMatchObject({ state: "closed", failures: 0 });
  clock.advance("20s");
  expect(await call("greedy")).toEqual(first);
});

test("the answer in its place is a problem that nobody may cache", async () => {
  const { call, fetch } = partner();
  await call("greedy");
  const response = await fetch(new Request(upstream.origin, { headers: { "x-api-key": "greedy" } }));
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ type: "about:blank", title: "Too Many Requests", status: 429 });
  expect([fetch.name, fetch.length]).toEqual(["fetch", 1]);
});

test.each<[string, Partial<QuotaOptions>, string, string | undefined]>([
  ["of a call without a key", {}, "30", undefined],
  ["whose key cannot be told", { key: () => JSON.parse("{") as string }, "30", "greedy"],
  ["whose key is too long to be remembered", { key: () => "k".repeat(512) }, "30", "greedy"],
  ["that does not say how long to wait", {}, "", "greedy"],
  ["that says to come at once", {}, "0", "greedy"],
])("a 429 %s counts as ever", async (_what, more, retryAfter, key) => {
  const { call } = partner(more, { fallback: new Response("refused") }, retryAfter);
  await call(key);
  await call(key);
  expect(circuits.get("partner")!.state).toBe("open");
});

test("everything else counts as ever", async () => {
  const { call } = partner();
  upstream.answer = (_, response) => response.writeHead(503, { "retry-after": "30" }).end();
  await call("a");
  await call("b");
  expect(circuits.get("partner")!.state).toBe("open");
});

test("no wait is longer than is allowed, and no more keys are remembered", async () => {
  const { call } = partner({ maxKeys: 2, maxRetryAfter: "1m" }, {}, "86400");
  await call("first");
  expect((await call("first")).retryAfter).toBe("60");
  await call("second");
  await call("third");
  expect((await call("second")).isSent).toBe(false);
  expect((await call("first")).isSent).toBe(true);
});

test.each<[unknown, RegExp]>([
  [undefined, /"quotaPerKey" must be/],
  [{}, /"quotaPerKey.key" must be/],
  [{ key: async () => "a" }, /"quotaPerKey.key" must be/],
  [{ key: () => "a", maxKeys: 0 }, /"quotaPerKey.maxKeys" must be/],
  [{ key: () => "a", maxRetryAfter: "soon" }, /"quotaPerKey.maxRetryAfter" must be/],
  [{ key: () => "a", maxKey: 5 }, /there is no option "maxKey"; did you mean "maxKeys"/],
])("bad options are refused: %j", (options, message) => {
  expect(() => quotaPerKey(options as never)).toThrow(message);
});
