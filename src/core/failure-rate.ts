import type { OpeningRule } from "./opening-rule.ts";
import { shareRule } from "./share-rule.ts";
import type { WindowOptions } from "./window-kind.ts";
import type { Window } from "./window.ts";

export interface FailureRateOptions extends WindowOptions {
  /** Share of failures that opens the circuit: more than 0, at most 1. */
  threshold: number;
}

/**
 * Opens when a share of the recent calls failed.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ opensOn: failureRate({ threshold: 0.5, window: "10s", minimumCalls: 20 }) });
 */
export function failureRate(options: FailureRateOptions): OpeningRule<Window> {
  return shareRule("failureRate", options);
}
