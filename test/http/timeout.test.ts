import { describe, expect, test, vi } from "vitest";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();

/** A fetch that never answers, and leaves its signal behind. */
function hanging(): { fetch: typeof globalThis.fetch; signal: () => AbortSignal | null | undefined } {
  let signal: AbortSignal | null | undefined;
  return {
    fetch: (_, init) => {
      signal = init?.signal;
      return new Promise(() => {});
    },
    signal: () => signal,
  };
}

test("headers that do not come in time are a failure, and the upstream sees the connection close", async () => {
  const { fetch, totals } = guardedFetch({ timeout: "30ms" });
  const closed = new Promise((resolve) => {
    upstream.answer = ({ socket }) => socket.on("close", resolve);
  });
  expect(await rejectionOf(fetch(upstream.origin))).toMatchObject({
    name: "TimeoutError",
    message: expect.stringMatching(/waiting for the response headers took longer than 30 ms$/),
  });
  expect(totals()).toEqual(counted.failure);
  await closed;
});

test("a fetch that is deaf to signals is left behind all the same", async () => {
  const { fetch: deaf, signal } = hanging();
  const { fetch, totals } = guardedFetch({ timeout: 20, fetch: deaf });
  const error = await rejectionOf(fetch("http://a.test"));
  expect(error).toBeInstanceOf(DOMException);
  expect(error.name).toBe("TimeoutError");
  const { name, message } = error;
  expect(signal()?.reason).toMatchObject({ name, message });
  expect(totals()).toEqual(counted.failure);
});

describe("with time that passes when told", () => {
  const at = async (timeout: number | false | "1s" | undefined, ms: number): Promise<string> => {
    vi.useFakeTimers();
    const { fetch } = guardedFetch({ timeout, fetch: hanging().fetch });
    let outcome = "waiting";
    void fetch("http://a.test").catch((error: Error) => (outcome = error.name));
    await vi.advanceTimersByTimeAsync(ms);
    vi.useRealTimers();
    return outcome;
  };
  test.each<[number | false | "1s" | undefined, number, string]>([
    [undefined, 9_999, "waiting"],
    [undefined, 10_001, "TimeoutError"],
    ["1s", 999, "waiting"],
    ["1s", 1_001, "TimeoutError"],
    [250, 249, "waiting"],
    [250, 251, "TimeoutError"],
    [false, 3_600_000, "waiting"],
    [Infinity, 3_600_000, "waiting"],
    [2 ** 32, 3_600_000, "waiting"],
  ])("timeout %s after %i ms: %s", async (timeout, ms, outcome) => {
    expect(await at(timeout, ms)).toBe(outcome);
  });
});

test.each([0, -1, NaN, "10 parsecs", "1e3s", null, true])(
  "timeout %j throws when the wrapper is made",
  (timeout) => {
    expect(() => guardedFetch({ timeout: timeout as number })).toThrow(
      /option "timeout" must be more than 0 ms/,
    );
  },
);

test("the body may take longer than the timeout", async () => {
  const { fetch, totals } = guardedFetch({ timeout: "40ms" });
  let finish!: () => void;
  upstream.answer = ({ url }, response) => {
    if (url === "/hang") return;
    response.writeHead(200).write("begin, ");
    finish = () => response.end("end");
  };
  const response = await fetch(upstream.origin);
  // The deadline of a later call: when it has passed, so has the one of the call before.
  await rejectionOf(fetch(`${upstream.origin}/hang`));
  finish();
  expect(await response.text()).toBe("begin, end");
  expect(totals()).toMatchObject({ succeeded: 1, failed: 1 });
});

test("a call that is over aborts nothing later", async () => {
  vi.useFakeTimers();
  let signal: AbortSignal | null | undefined;
  const { fetch, totals } = guardedFetch({
    timeout: "1s",
    fetch: async (_, init) => {
      signal = init?.signal;
      return new Response("fine");
    },
  });
  await fetch("http://a.test");
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(signal?.aborted).toBe(false);
  expect(totals()).toEqual(counted.success);
});

test("without a timeout the fetch gets no signal that the caller did not give", async () => {
  const inner = vi.fn<typeof globalThis.fetch>(async () => new Response());
  const { fetch } = guardedFetch({ timeout: false, fetch: inner });
  const { signal } = new AbortController();
  await fetch("http://a.test");
  await fetch("http://a.test", { signal });
  expect(inner.mock.calls.map(([, init]) => init?.signal)).toEqual([undefined, signal]);
});

test("the caller's signal and the timeout are both obeyed", async () => {
  const { fetch, totals } = guardedFetch({ timeout: "20ms", failureThreshold: 9 });
  upstream.answer = () => {};
  const controller = new AbortController();
  expect((await rejectionOf(fetch(upstream.origin, { signal: controller.signal }))).name).toBe(
    "TimeoutError",
  );
  expect(controller.signal.aborted).toBe(false);
  upstream.answer = () => controller.abort(new Error("left"));
  const patient = guardedFetch({ timeout: "10s" });
  expect((await rejectionOf(patient.fetch(upstream.origin, { signal: controller.signal }))).message).toBe(
    "left",
  );
  expect(totals()).toEqual(counted.failure);
});

test("an answer that comes after the timeout counts no second time", async () => {
  let answer!: (response: Response) => void;
  const late = new Promise<Response>((resolve) => (answer = resolve));
  const { fetch, totals } = guardedFetch({ timeout: "20ms", fetch: () => late });
  await rejectionOf(fetch("http://a.test"));
  answer(new Response());
  await late;
  expect(totals()).toEqual(counted.failure);
});
