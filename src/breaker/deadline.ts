import { beginLine, type InLine, joinLine, leaveLine } from "../core/line.ts";
import { sharesWork } from "../runtime/environment.ts";

declare const setImmediate: unknown;

/** One call that waits, in the line of those that started before and after it; or its own timer. */
export interface Waiting extends InLine<Waiting> {
  at: number;
  /** Called with the deadline: a mark that nothing else throws. */
  expire: (mark: Deadline) => void;
  timer?: unknown;
}

/** Bounds the time of calls that may all take equally long. */
export interface Deadline {
  readonly timeoutMs: number;
  /** Calls `expire` with itself when the time is over, unless it is stopped before. */
  wait(expire: (mark: Deadline) => void): Waiting;
  stop(waiting: Waiting): void;
}

/**
 * The process did not run for so long: it was busy, throttled, frozen or asleep. What has come meanwhile lies unread, and
 * is read before anybody is said to be late: else one long task opens the circuits of all that were called before it.
 */
const graceMs = 25;

interface Timer {
  ref?(): void;
  unref?(): void;
}

/**
 * A deadline for all the calls of one wrapper. All wait equally long, so they expire in the order they came and
 * one timer serves them all: a timer a call would cost more than the rest of the breaker. It keeps the process alive
 * while somebody waits, and only then. On the edge a timer belongs to the request that set it and ends with it, so
 * there every call has its own.
 *
 * @param isAwaited false where nobody waits for it: it does not keep a process alive
 */
export function createDeadline(timeoutMs: number, isAwaited = true): Deadline {
  const line = beginLine({} as Waiting);
  let timer: Timer | undefined;
  let dueAt = 0;
  /** What has set the timer that is to come. */
  let setBy: typeof setTimeout | undefined;

  /** @param isLast no more grace: where every turn of the loop is slow there would be no timeouts */
  function arm(delay: number, isLast = false): void {
    if (timer) clearTimeout(timer as ReturnType<typeof setTimeout>);
    dueAt = performance.now() + delay;
    setBy = setTimeout;
    timer = setTimeout(expireDue, delay, isLast) as Timer;
    if (!isAwaited || line.after === line) timer.unref?.();
  }
  function expireDue(isLast: boolean): void {
    setBy = undefined;
    // Timers may fire a fraction early; and where a test moves them alone, this clock stands still.
    const now = Math.max(performance.now(), dueAt) + 1;
    if (!isLast && now > dueAt + graceMs) return arm(graceMs, true);
    while (line.after !== line) {
      const { at, expire } = line.after;
      if (at > now && at <= now + timeoutMs) return arm(at - now);
      stop(line.after);
      try {
        expire(deadline);
      } catch {
        // What ends a call can be the user's; those behind it have their time, too.
      }
    }
  }
  function stop(waiting: Waiting): void {
    // A call that expired is stopped once more when it settles.
    leaveLine(waiting);
    if (isAwaited && line.after === line) timer?.unref?.();
  }

  if (typeof setImmediate !== "function" || !sharesWork()) {
    return {
      timeoutMs,
      wait(expire) {
        return { timer: setTimeout(expire, timeoutMs, this) } as unknown as Waiting;
      },
      stop: (waiting) => clearTimeout(waiting.timer as number),
    };
  }
  const deadline: Deadline = {
    timeoutMs,
    wait(expire) {
      const now = performance.now();
      const waiting = { at: now + timeoutMs, expire, before: line, after: line };
      joinLine(line, waiting);
      // Set by another clock, which a test has put in place or taken away, it may never fire.
      if (setBy !== setTimeout) arm(timeoutMs);
      else if (dueAt < now) arm(graceMs, true);
      else if (isAwaited && waiting.before === line) timer!.ref?.();
      return waiting;
    },
    stop,
  };
  return deadline;
}

/** The error of a call that took too long. */
export function timeoutError(what: string, { timeoutMs }: Deadline): DOMException {
  return timeoutException(`next-protego [timeout] ${what} took longer than ${timeoutMs} ms`);
}

/** Hermes, React Native's engine, has no DOMException: there an Error of that name. */
export function timeoutException(message: string): DOMException {
  const name = "TimeoutError";
  return typeof DOMException === "function"
    ? new DOMException(message, name)
    : Object.assign(new Error(message) as DOMException, { name });
}

/**
 * The promise, or a `TimeoutError` when it takes longer. What it stands for goes on unless `abort` ends it; what
 * becomes of that is nobody's concern any more.
 */
export function within<Value>(
  deadline: Deadline,
  promise: PromiseLike<Value>,
  what: string,
  abort?: (reason: DOMException) => void,
): Promise<Value> {
  let waiting!: Waiting;
  const bounded = new Promise<Value>((resolve, reject) => {
    // By its own functions: through any others the engine loses the way to the caller's line.
    promise.then(resolve, reject);
    // By a mark that nothing else throws; the error is made below, where the engine knows the caller's line.
    waiting = deadline.wait(reject);
  });
  return bounded.then(
    (value) => {
      deadline.stop(waiting);
      return value;
    },
    (thrown: unknown) => {
      deadline.stop(waiting);
      if (thrown !== deadline) throw thrown;
      const error = timeoutError(what, deadline);
      abort?.(error);
      throw error;
    },
  );
}
