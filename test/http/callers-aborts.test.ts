import { expect, test } from "vitest";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();

const reasons: Array<[string, unknown]> = [
  ["no reason", undefined],
  ["an error of the caller's", new Error("left the page")],
  ["a TypeError", new TypeError("fetch failed")],
  ["a string", "enough"],
  ["null", null],
  ["a number", 0],
];

/** Aborts when the request has come: the call waits for headers then. */
function abortOnArrival(controller: AbortController, reason: unknown): void {
  upstream.answer = () => controller.abort(reason);
}

for (const timeout of ["10s", false] as const) {
  const withTimeout = `with timeout ${timeout}`;

  test.each(reasons)(`an abort during the call with %s does not count, ${withTimeout}`, async (_, reason) => {
    const { fetch, totals } = guardedFetch({ timeout });
    const controller = new AbortController();
    abortOnArrival(controller, reason);
    expect(await rejectionOf(fetch(upstream.origin, { signal: controller.signal }))).toBe(
      controller.signal.reason,
    );
    expect(totals()).toEqual(counted.nothing);
  });

  test.each(reasons)(`an abort before the call with %s does not count, ${withTimeout}`, async (_, reason) => {
    const { fetch, totals } = guardedFetch({ timeout });
    const signal = AbortSignal.abort(reason);
    expect(await rejectionOf(fetch(upstream.origin, { signal }))).toBe(signal.reason);
    expect(totals()).toEqual(counted.nothing);
    expect(upstream.hits).toBe(0);
  });

  test(`the signal of a Request is the caller's as well, ${withTimeout}`, async () => {
    const { fetch, totals } = guardedFetch({ timeout });
    const controller = new AbortController();
    abortOnArrival(controller, new Error("left"));
    const request = new Request(upstream.origin, { signal: controller.signal });
    expect((await rejectionOf(fetch(request))).message).toBe("left");
    expect(totals()).toEqual(counted.nothing);
  });

  test(`null in init takes the Request's signal away, ${withTimeout}`, async () => {
    const { fetch, totals } = guardedFetch({ timeout });
    const request = new Request(upstream.status(200), { signal: AbortSignal.abort() });
    expect((await fetch(request, { signal: null })).status).toBe(200);
    expect(totals()).toEqual(counted.success);
  });

  test(`the caller's AbortSignal.timeout counts, ${withTimeout}`, async () => {
    const { fetch, totals } = guardedFetch({ timeout });
    upstream.answer = () => {};
    const error = await rejectionOf(fetch(upstream.origin, { signal: AbortSignal.timeout(30) }));
    expect(error.name).toBe("TimeoutError");
    expect(totals()).toEqual(counted.failure);
  });

  test(`so does one combined with a signal that stays silent, ${withTimeout}`, async () => {
    const { fetch, totals } = guardedFetch({ timeout });
    upstream.answer = () => {};
    const signal = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(30)]);
    expect((await rejectionOf(fetch(upstream.origin, { signal }))).name).toBe("TimeoutError");
    expect(totals()).toEqual(counted.failure);
  });
}

test.each<[string, unknown]>([
  ["an AbortError of its own", new DOMException("This operation was aborted", "AbortError")],
  ["a copy of the reason", new RangeError("left the page")],
])("a runtime that rejects with %s does not make the abort count", async (_, rejection) => {
  const controller = new AbortController();
  const { fetch, totals } = guardedFetch({
    fetch: () => {
      controller.abort(new RangeError("left the page"));
      return Promise.reject(rejection);
    },
  });
  expect(await rejectionOf(fetch("http://a.test", { signal: controller.signal }))).toBe(rejection);
  expect(totals()).toEqual(counted.nothing);
});

test("a network error does not become the caller's doing because the caller left as well", async () => {
  const controller = new AbortController();
  const { fetch, totals } = guardedFetch({
    fetch: () => {
      controller.abort();
      return Promise.reject(new TypeError("fetch failed"));
    },
  });
  await rejectionOf(fetch("http://a.test", { signal: controller.signal }));
  expect(totals()).toEqual(counted.failure);
});

test("an abort after the headers neither counts nor is lost", async () => {
  const { fetch, totals } = guardedFetch();
  const controller = new AbortController();
  upstream.answer = (_, response) => response.writeHead(200).write("begin");
  const response = await fetch(upstream.origin, { signal: controller.signal });
  controller.abort(new Error("read enough"));
  await expect(response.text()).rejects.toThrow("read enough");
  expect(totals()).toEqual(counted.success);
});

test("the upstream's failure still counts when the caller aborts later", async () => {
  const { fetch, totals } = guardedFetch();
  const controller = new AbortController();
  await fetch(upstream.status(503), { signal: controller.signal });
  controller.abort();
  expect(totals()).toEqual(counted.failure);
});

test("however many callers leave, the circuit stays closed", async () => {
  const { fetch, circuit } = guardedFetch({ failureThreshold: 1 });
  for (let call = 0; call < 10; call++) {
    await rejectionOf(fetch(upstream.origin, { signal: AbortSignal.abort() }));
  }
  expect(circuit().state).toBe("closed");
});
