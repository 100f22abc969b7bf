import type { Duration } from "./duration.ts";
import { aSpan, syncFunction } from "./option.ts";
import type { Ramp } from "./policy-options.ts";
import { watchedCalls } from "./watched-calls.ts";
import { withDefault } from "./with-default.ts";

const firstShare = 0.1;

/**
 * After the circuit has closed by trials, admits a tenth of the calls, and more and more until all pass: an
 * upstream that has just come back is not met by everything at once. Or by a function of your own, which says whether a call is
 * refused so long after closing; `random` is from 0 to 1.
 *
 * @throws {TypeError | RangeError} for a bad duration, or an async function
 * @example
 * createProtectedFetch({ ramp: ramp("30s") });
 */
export function ramp(over: Duration | ((sinceClosedMs: number, random: number) => boolean)): Ramp {
  if (typeof over === "function") {
    return { kind: "ramp", isShed: withDefault(syncFunction("ramp", over), false), watch: watchedCalls };
  }
  const rampMs = aSpan("ramp", over);
  return {
    kind: "ramp",
    settings: { over: rampMs },
    isShed: (sinceClosedMs, random) => random >= firstShare + ((1 - firstShare) * sinceClosedMs) / rampMs,
    watch: watchedCalls,
  };
}
