import { sharesWork } from "../runtime/environment.ts";

declare const setImmediate: unknown;

/** One call that waits, linked in the order of deadlines. */
interface Waiting {
  at: number;
  expire: () => void;
  before: Waiting;
  after: Waiting;
}

/**
 * Bounds the time of calls: the promise, or a `TimeoutError` when it takes longer than `timeoutMs`. The work
 * itself goes on unless `abort` ends it; what becomes of it then is nobody's concern any more.
 */
export type Deadline = <Value>(
  promise: PromiseLike<Value>,
  what: string,
  abort?: (reason: DOMException) => void,
) => Promise<Value>;

/**
 * A deadline for all the calls of one wrapper. All wait equally long, so they expire in the order they came and
 * one timer serves them all: a timer a call would cost more than the rest of the breaker. On the edge a timer
 * belongs to the request that set it and ends with it, so there every call has its own.
 */
export function createDeadline(timeoutMs: number): Deadline {
  const line = {} as Waiting;
  line.before = line.after = line;
  let armed = false;

  function arm(delay: number): void {
    armed = true;
    const timer: unknown = setTimeout(expireDue, delay);
    (timer as { unref?: () => void }).unref?.();
  }
  function expireDue(): void {
    armed = false;
    const now = performance.now() + 1; // timers may fire a fraction early
    while (line.after !== line) {
      if (line.after.at > now) return arm(line.after.at - now);
      line.after.expire();
    }
  }
  /** @returns how to stop waiting */
  function wait(expire: () => void): () => void {
    if (!isShared) {
      const timer = setTimeout(expire, timeoutMs);
      return () => clearTimeout(timer);
    }
    const waiting = { at: performance.now() + timeoutMs, expire, before: line.before, after: line };
    line.before = line.before.after = waiting;
    if (!armed) arm(timeoutMs);
    return () => {
      waiting.before.after = waiting.after;
      waiting.after.before = waiting.before;
      // A call that expired stops once more when it settles: that must not touch those that came since.
      waiting.before = waiting.after = waiting;
    };
  }

  const isShared = typeof setImmediate === "function" && sharesWork();

  return (promise, what, abort) =>
    new Promise((resolve, reject) => {
      const stop = wait(() => {
        const error = new DOMException(`${what} took longer than ${timeoutMs} ms`, "TimeoutError");
        stop();
        reject(error);
        abort?.(error);
      });
      promise.then(
        (value) => {
          stop();
          resolve(value);
        },
        (error: unknown) => {
          stop();
          reject(error as Error);
        },
      );
    });
}
