import type { Duration } from "./duration.ts";
import { consecutiveFailures, type OpeningRule } from "./opening-rule.ts";
import { count, duration } from "./option.ts";

/** How a circuit opens and recovers. What `configure` takes. */
export interface PolicyOptions {
  /**
   * Failures in a row that open the circuit.
   *
   * @default 3
   */
  failureThreshold?: number | undefined;
  /**
   * How long the circuit stays open before it lets trials through.
   *
   * @default "60s"
   */
  resetTimeout?: Duration | undefined;
  /**
   * Trials let through when half-open. All must succeed to close the circuit; one failure reopens it.
   *
   * @default 2
   */
  halfOpenRetries?: number | undefined;
}

/** Options made into numbers: what the machine decides by. */
export interface Policy {
  readonly opensOn: OpeningRule;
  readonly resetTimeoutMs: number;
  readonly halfOpenRetries: number;
  /** The longest an admitted call can take, where that is known. */
  readonly timeoutMs: number;
  /** How long a trial may take until its place goes to another call. */
  readonly trialLeaseMs: number;
  /** The options in force, defaults included. */
  readonly options: Required<PolicyOptions>;
  /** Equal for policies that decide alike. */
  readonly summary: string;
}

/**
 * The policy of these options.
 *
 * @param timeoutMs the longest an admitted call can take; a trial's lease is a little longer, so that a trial
 *   that still runs never loses its place
 * @throws {TypeError | RangeError} naming the option, what came and what is expected
 */
export function resolvePolicy(options: PolicyOptions, timeoutMs: number): Policy {
  const failureThreshold = count("failureThreshold", options.failureThreshold, 3);
  const resetTimeout = duration("resetTimeout", options.resetTimeout, 60_000);
  const halfOpenRetries = count("halfOpenRetries", options.halfOpenRetries, 2);
  return {
    opensOn: consecutiveFailures(failureThreshold),
    resetTimeoutMs: resetTimeout,
    halfOpenRetries,
    timeoutMs,
    trialLeaseMs: timeoutMs === Infinity ? Math.max(resetTimeout, 1000) : timeoutMs + 1000,
    options: { failureThreshold, resetTimeout, halfOpenRetries },
    summary: [failureThreshold, resetTimeout, halfOpenRetries].join(),
  };
}
