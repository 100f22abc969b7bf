import type { Duration } from "./duration.ts";
import { aSpan } from "./option.ts";
import type { Ramp } from "./policy.ts";

const firstShare = 0.1;

/**
 * After the circuit has closed by trials, admits a tenth of the calls, and more and more until all pass: an
 * upstream that has just come back is not met by everything at once.
 *
 * @throws {TypeError | RangeError} for a bad duration
 * @example
 * createProtectedFetch({ ramp: ramp("30s") });
 */
export function ramp(over: Duration): Ramp {
  const rampMs = aSpan("ramp", over);
  return (sinceClosedMs, random) => random >= firstShare + ((1 - firstShare) * sinceClosedMs) / rampMs;
}
