import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDeadline, within } from "../../src/breaker/deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function after<Value>(ms: number, value: Value): Promise<Value> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}

async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (error as Error).name);
}

test("a call that settles in time is not disturbed", async () => {
  const outcome = outcomeOf(within(createDeadline(300), after(299, "answer"), "call"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(await outcome).toBe("answer");
});

test("a call that takes longer fails with a TimeoutError that says what took how long, and is aborted", async () => {
  const abort = vi.fn<(reason: DOMException) => void>();
  const failing = within(createDeadline(300), after(400, "late"), "the call", abort).catch(
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(300);
  expect(await failing).toMatchObject({
    name: "TimeoutError",
    message: "next-protego [timeout] the call took longer than 300 ms",
  });
  expect(abort).toHaveBeenCalledTimes(1);
});

test("calls behind one that expired and settled late keep their own deadline", async () => {
  const deadline = createDeadline(300);
  const outcomes: Array<Promise<unknown>> = [];
  for (let call = 0; call < 5; call++) {
    outcomes.push(outcomeOf(within(deadline, after(400, "late"), "call")));
    await vi.advanceTimersByTimeAsync(350); // after the expiry of the one before, ahead of its end
  }
  await vi.advanceTimersByTimeAsync(1000);
  expect(await Promise.all(outcomes)).toEqual(Array(5).fill("TimeoutError"));
});

/** The process stands still: a long task, a frozen function, a laptop asleep. Its timers fire late, and before its sockets are read. */
function freezable(): (ms: number) => void {
  const running = performance.now.bind(performance);
  let stoodStillMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => running() + stoodStillMs);
  return (ms) => void (stoodStillMs += ms);
}

test("what has come while the process stood still is in time, although its timer fires first", async () => {
  const freezeFor = freezable();
  const deadline = createDeadline(300);
  const arrived = outcomeOf(within(deadline, after(301, "answer"), "call"));
  const missing = outcomeOf(within(deadline, new Promise(() => {}), "call"));
  freezeFor(5000);
  await vi.advanceTimersByTimeAsync(300);
  // In the same turn: a call that finds the timer of those before it overdue.
  const fresh = outcomeOf(within(deadline, after(200, "fresh"), "call"));
  await vi.advanceTimersByTimeAsync(1);
  expect(await arrived).toBe("answer");
  await vi.advanceTimersByTimeAsync(30);
  expect(await missing).toBe("TimeoutError");
  await vi.advanceTimersByTimeAsync(300);
  expect(await fresh).toBe("fresh");
});

test("where every turn of the loop is slow there are timeouts all the same", async () => {
  const freezeFor = freezable();
  const missing = outcomeOf(within(createDeadline(300), new Promise(() => {}), "call"));
  freezeFor(1000);
  await vi.advanceTimersByTimeAsync(300);
  freezeFor(1000);
  await vi.advanceTimersByTimeAsync(30);
  expect(await missing).toBe("TimeoutError");
});

test("all calls of a wrapper share one timer", async () => {
  const deadline = createDeadline(300);
  const outcomes = [1, 2, 3].map((call) => outcomeOf(within(deadline, after(200, call), "call")));
  expect(vi.getTimerCount()).toBe(3 + 1);
  await vi.advanceTimersByTimeAsync(200);
  expect(await Promise.all(outcomes)).toEqual([1, 2, 3]);
});

test("an error of the call itself comes through", async () => {
  const error = new Error("refused");
  await expect(within(createDeadline(300), Promise.reject(error), "call")).rejects.toBe(error);
});

test("where timers belong to a request every call has its own, and clears it", async () => {
  vi.stubGlobal("WebSocketPair", class {});
  const deadline = createDeadline(300);
  vi.unstubAllGlobals();
  const first = outcomeOf(within(deadline, after(100, "answer"), "call"));
  const second = outcomeOf(within(deadline, after(400, "late"), "call"));
  await vi.advanceTimersByTimeAsync(101);
  expect(await first).toBe("answer");
  expect(vi.getTimerCount()).toBe(2);
  await vi.advanceTimersByTimeAsync(300);
  expect(await second).toBe("TimeoutError");
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ["nobody waited", 0, 0],
  ["somebody waited for an hour", 1, 3_600_000],
  ["somebody had just begun to wait", 1, 0],
])(
  "clocks that a test put in place and took away, where %s, stop no later deadline",
  async (_, waiting, ms) => {
    const deadline = createDeadline(30);
    void outcomeOf(within(deadline, waiting ? new Promise(() => {}) : Promise.resolve(), "call"));
    await vi.advanceTimersByTimeAsync(ms);
    void outcomeOf(within(deadline, waiting ? new Promise(() => {}) : Promise.resolve(), "call"));
    for (const advancedBy of [0, 3_600_000]) {
      vi.useRealTimers();
      // oxlint-disable-next-line no-await-in-loop
      expect(await outcomeOf(within(deadline, new Promise(() => {}), "call"))).toBe("TimeoutError");
      vi.useFakeTimers();
      vi.advanceTimersByTime(advancedBy);
      void outcomeOf(within(deadline, new Promise(() => {}), "call"));
    }
  },
);
