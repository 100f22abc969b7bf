import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { abortable, circuits, isCircuitOpenError, protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(() => {
  resetCircuits();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const totals = () => circuits.get("query")!.snapshot().totals;
const errorOf = (call: Promise<unknown>): Promise<unknown> => call.then(undefined, (error: unknown) => error);

/** A query that goes on until its signal ends it. */
function query(signal: AbortSignal, ..._rest: unknown[]): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

test("the function gets a signal before the arguments of its callers, and their this", async () => {
  const client = {
    prefix: "found ",
    search: protect(
      abortable(function (this: { prefix: string }, signal, words: string, most: number) {
        expect(signal.aborted).toBe(false);
        return Promise.resolve(`${this.prefix}${words} ${most}`);
      } as (signal: AbortSignal, words: string, most: number) => Promise<string>),
      { name: "query" },
    ),
  };
  expect(await client.search("shoes", 3)).toBe("found shoes 3");
  expect(totals()).toMatchObject({ succeeded: 1 });
});

test("by itself it is a function like any other, with a signal that nobody aborts", async () => {
  const own = abortable(function (this: unknown, signal: AbortSignal, word: string) {
    return [this, signal.aborted, word];
  });
  expect(own.call("self", "word")).toEqual(["self", false, "word"]);
  expect(own.name).toBe("");
  expect(protect(abortable(query), { name: "query" }).name).toBe("query");
});

describe("the timeout", () => {
  test("aborts the signal with the TimeoutError that the caller gets, and counts", async () => {
    const signals: AbortSignal[] = [];
    const run = protect(
      abortable((signal) => (signals.push(signal), query(signal))),
      { name: "query", timeout: "2s" },
    );
    const error = errorOf(run());
    await vi.advanceTimersByTimeAsync(1999);
    expect(signals[0]!.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await error).toMatchObject({ name: "TimeoutError", message: /query took longer than 2000 ms/ });
    expect(signals[0]!.reason).toBe(await error);
    expect(totals()).toMatchObject({ failed: 1 });
  });

  test("aborts the one call that took too long, not its neighbours", async () => {
    const signals: AbortSignal[] = [];
    const run = protect(
      abortable((signal) => (signals.push(signal), query(signal))),
      { name: "query", timeout: "2s" },
    );
    void errorOf(run());
    await vi.advanceTimersByTimeAsync(1000);
    void errorOf(run());
    await vi.advanceTimersByTimeAsync(1000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(1000);
  });
});

describe.each([
  ["the last argument", (signal: AbortSignal) => signal],
  ["a member of the last argument", (signal: AbortSignal) => ({ signal, deep: true })],
])("a signal of the caller as %s", (_, last) => {
  for (const any of [true, false]) {
    test(`ends the call and does not count, ${any ? "with" : "without"} AbortSignal.any`, async () => {
      if (!any) vi.stubGlobal("AbortSignal", withoutAny());
      const run = protect(abortable(query), { name: "query", timeout: "10s" });
      const controller = new AbortController();
      const error = errorOf(run("shoes", last(controller.signal)));
      await vi.advanceTimersByTimeAsync(10);
      controller.abort(new Error("left"));
      expect(await error).toMatchObject({ message: "left" });
      expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
    });
  }

  test("counts after slowAbort, which is half the timeout unless told", async () => {
    for (const [slowAbort, afterMs, failed] of [
      [undefined, 4999, 0],
      [undefined, 5001, 1],
      ["1s", 1001, 1],
      [false, 9999, 0],
    ] as const) {
      resetCircuits();
      const run = protect(abortable(query), { name: "query", timeout: "10s", slowAbort });
      const controller = new AbortController();
      const error = errorOf(run(last(controller.signal)));
      // oxlint-disable-next-line no-await-in-loop
      await vi.advanceTimersByTimeAsync(afterMs);
      controller.abort();
      // oxlint-disable-next-line no-await-in-loop
      expect(await error).toMatchObject({ name: "AbortError" });
      expect(totals()).toMatchObject({ failed, ignored: 1 - failed });
    }
  });
});

function withoutAny(): typeof AbortSignal {
  return Object.create(AbortSignal, { any: { value: undefined } }) as typeof AbortSignal;
}

test("a caller's AbortSignal.timeout counts at once", async () => {
  const signal = AbortSignal.abort(new DOMException("too slow", "TimeoutError"));
  const rejecting = protect(
    abortable((own, ..._callers: AbortSignal[]) => Promise.reject(own.reason as Error)),
    { name: "query" },
  );
  expect(await errorOf(rejecting(signal))).toMatchObject({ name: "TimeoutError" });
  expect(totals()).toMatchObject({ failed: 1 });
});

test.each([
  ["thrown", () => JSON.parse("{") as never],
  ["rejected", () => Promise.reject(new SyntaxError("bad"))],
])("an error %s is the upstream's, signal or not", async (_, fails) => {
  const run = protect(abortable(fails as () => Promise<never>), { name: "query", failureThreshold: 1 });
  expect(await errorOf(run())).toBeInstanceOf(SyntaxError);
  expect(totals()).toMatchObject({ failed: 1 });
  expect(await errorOf(run())).toSatisfy(isCircuitOpenError);
});

describe("a generator", () => {
  const generate = () =>
    protect(
      abortable(async function* (signal: AbortSignal, ..._callers: unknown[]) {
        yield 1;
        yield await query(signal);
      }),
      { name: "query", timeout: "2s" },
    );

  test("is aborted when an item takes too long", async () => {
    const items = generate()();
    expect(await items.next()).toEqual({ done: false, value: 1 });
    const error = errorOf(items.next());
    await vi.advanceTimersByTimeAsync(2000);
    expect(await error).toMatchObject({ name: "TimeoutError" });
    expect(totals()).toMatchObject({ failed: 1 });
    expect(circuits.get("query")!.snapshot().inFlight).toBe(0);
  });

  test("whose caller leaves after a long time of reading is no failure", async () => {
    const controller = new AbortController();
    const items = generate()({ signal: controller.signal });
    await items.next();
    await vi.advanceTimersByTimeAsync(60_000);
    const error = errorOf(items.next());
    controller.abort();
    expect(await error).toMatchObject({ name: "AbortError" });
    expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
  });
});

test("a function that merely has a method of this name is no abortable one", async () => {
  const sql = Object.assign((query: string) => Promise.resolve(query), { begin: () => "a transaction" });
  expect(await protect(sql, { name: "query" })("select 1")).toBe("select 1");
});

test.each([[undefined], [7], [{}]])("abortable(%j) is refused in words", (fn) => {
  expect(() => abortable(fn as never)).toThrow(/option "abortable" must be a function that takes a signal/);
});
