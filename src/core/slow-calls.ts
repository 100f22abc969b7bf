import type { Duration } from "./duration.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { anObject, aSpan } from "./option.ts";
import { shareRule } from "./share-rule.ts";
import type { WindowOptions } from "./window-kind.ts";
import type { Window } from "./window.ts";

export interface SlowCallsOptions extends WindowOptions {
  /** A call that takes longer than this is slow, whatever it answers. */
  duration: Duration;
  /** Share of slow calls that opens the circuit: more than 0, at most 1. */
  threshold: number;
}

/**
 * Opens when a share of the recent calls was slow.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ opensOn: slowCalls({ duration: "2s", threshold: 0.5, window: 100 }) });
 */
export function slowCalls(options: SlowCallsOptions): OpeningRule<Window> {
  const slowMs = aSpan("slowCalls.duration", anObject("slowCalls", options).duration);
  return shareRule("slowCalls", options, slowMs);
}
