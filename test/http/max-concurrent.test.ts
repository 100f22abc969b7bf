import { expect, test } from "vitest";
import { guardedFetch } from "./guarded-fetch.ts";
import { rejectionOf } from "./rejection-of.ts";

/** Calls that end when told. */
function held(): { fetch: typeof globalThis.fetch; end: (answer: Response | Error) => void } {
  const waiting: Array<(answer: Response | Error) => void> = [];
  return {
    fetch: () =>
      new Promise((resolve, reject) => {
        waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      }),
    end: (answer) => waiting.shift()!(answer),
  };
}

test("more calls at a time are refused at once, and do not count as failures", async () => {
  const { fetch: inner, end } = held();
  const { fetch, circuit, totals } = guardedFetch({ maxConcurrent: 2, failureThreshold: 1, fetch: inner });
  const running = [fetch("http://a.test"), fetch("http://a.test")];
  expect(await rejectionOf(fetch("http://a.test"))).toMatchObject({
    name: "CircuitOpenError",
    reason: "full",
    retryAfter: 1000,
  });
  expect(circuit().state).toBe("closed");
  end(new Response());
  end(new Response());
  await Promise.all(running);
  expect(totals()).toEqual({
    allowed: 2,
    succeeded: 2,
    failed: 0,
    ignored: 0,
    refused: 1,
    observed: 0,
    fallback: 0,
    stale: 0,
    cache: 0,
  });
});

test.each<[string, Response | Error]>([
  ["answered", new Response()],
  ["failed", new TypeError("fetch failed")],
  ["was given up", new DOMException("left", "AbortError")],
])("a call that %s makes room for another", async (_, answer) => {
  const { fetch: inner, end } = held();
  const { fetch, circuit } = guardedFetch({ maxConcurrent: 1, fetch: inner });
  for (let call = 0; call < 2; call++) {
    const running = fetch("http://a.test").catch(() => {});
    end(answer);
    await running;
    expect(circuit().snapshot().inFlight).toBe(0);
  }
});

test("a refused call can have a fallback", async () => {
  const { fetch: inner, end } = held();
  const { fetch } = guardedFetch({ maxConcurrent: 1, fetch: inner, fallback: () => new Response("busy") });
  const running = fetch("http://a.test");
  expect(await (await fetch("http://a.test")).text()).toBe("busy");
  end(new Response());
  await running;
});

test("without the option a thousand calls go at a time", async () => {
  const { fetch: inner, end } = held();
  const { fetch, circuit } = guardedFetch({ fetch: inner });
  const running = Array.from({ length: 1000 }, () => fetch("http://a.test"));
  expect(circuit().snapshot().inFlight).toBe(1000);
  for (let call = 0; call < 1000; call++) end(new Response());
  await Promise.all(running);
});

test.each([0, -1, 1.5, NaN, "2", null])("%j throws when the wrapper is made", (maxConcurrent) => {
  expect(() => guardedFetch({ maxConcurrent: maxConcurrent as number })).toThrow(
    /"maxConcurrent" must be a whole number of at least 1/,
  );
});
