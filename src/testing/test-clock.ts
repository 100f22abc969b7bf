import { type Duration, durationMs } from "../core/duration.ts";
import { invalid } from "../core/option.ts";
import type { Clock } from "../runtime/clock.ts";

/** A clock that stands still until it is told. */
export interface TestClock extends Clock {
  /** Lets time pass at once: nothing sleeps. @throws {TypeError | RangeError} for what is no duration */
  advance(by: Duration): void;
}

/**
 * A clock for tests, given to a wrapper as `clock`.
 *
 * @example
 * const clock = testClock();
 * const protectedFetch = createProtectedFetch({ clock, resetTimeout: "60s" });
 * clock.advance("61s");
 */
export function testClock(start = 0): TestClock {
  let now = start;
  return {
    now: () => now,
    advance(by) {
      const ms = durationMs(by);
      if (ms === undefined) throw invalid("advance", by, 'milliseconds or a duration such as "61s"');
      now += ms;
    },
  };
}
