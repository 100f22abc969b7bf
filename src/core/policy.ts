import type { Duration } from "./duration.ts";
import { consecutiveFailures, type OpeningRule } from "./opening-rule.ts";
import { asked } from "./asked.ts";
import { count, duration, invalid, syncFunction } from "./option.ts";
import { totalRule } from "./total-rule.ts";

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
  /**
   * What opens the circuit, instead of failures in a row: a rule of `next-protego/options`, or `anyOf` several.
   *
   * @default consecutiveFailures(failureThreshold)
   */
  opensOn?: OpeningRule | undefined;
  /** Longer and longer for repeated openings: {@link exponentialBackoff}. */
  resetBackoff?: Backoff | undefined;
  /**
   * The longest that the upstream's `Retry-After` may keep the circuit open.
   *
   * @default "10m"
   */
  maxRetryAfter?: Duration | undefined;
  /**
   * More calls than this at the same time are refused at once. They do not count as failures.
   *
   * @default no limit
   */
  maxConcurrent?: number | undefined;
  /** A check in the background decides about recovery, in place of calls: {@link healthProbe}. */
  probe?: Probe | undefined;
  /** After closing by trials, a growing share of calls instead of all at once: {@link ramp}. */
  ramp?: Ramp | undefined;
}

/** How long to stay open at the n-th opening in a row. @param random from 0 to 1 */
export type Backoff = (resetTimeoutMs: number, trips: number, random: number) => number;

/** Whether a call is refused so soon after closing. @param random from 0 to 1 */
export type Ramp = (sinceClosedMs: number, random: number) => boolean;

/** Checks the upstream, once for each trial that is granted, and tells what came of it. */
export type Probe = (settle: (verdict: "success" | "failure", failure: unknown) => void) => void;

/** What else is known of a settled call, where it matters. */
export interface Evidence {
  readonly durationMs?: number;
  /** How long the upstream asked to be left alone. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 to 1: the dice are thrown outside. */
  readonly random?: number;
}

/** Options made into numbers: what the machine decides by. */
export interface Policy {
  readonly opensOn: OpeningRule;
  readonly resetTimeoutMs: number;
  /** How long to stay open this time. */
  readonly openMs: (trips: number, evidence: Evidence) => number;
  readonly halfOpenRetries: number;
  readonly ramp: Ramp | undefined;
  readonly probe: Probe | undefined;
  readonly maxConcurrent: number;
  /** Whether calls are judged before they are made. */
  readonly watches: boolean;
  /** The longest an admitted call can take, where that is known. */
  readonly timeoutMs: number;
  /** How long a trial may take until its place goes to another call. */
  readonly trialLeaseMs: number;
  /** The options in force, defaults included. */
  readonly options: PolicyOptions;
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
  const maxRetryAfter = duration("maxRetryAfter", options.maxRetryAfter, 600_000);
  const resetBackoff = syncFunction("resetBackoff", options.resetBackoff);
  const ramp = syncFunction("ramp", options.ramp);
  const probe = syncFunction("probe", options.probe);
  const maxConcurrent = count("maxConcurrent", options.maxConcurrent, Infinity);
  const backedOff = resetBackoff && asked(resetBackoff, resetTimeout);
  const { opensOn: given } = options;
  const opensOn = given === undefined ? consecutiveFailures(failureThreshold) : checkedRule(given);
  return {
    opensOn,
    resetTimeoutMs: resetTimeout,
    openMs(trips, { retryAfterMs = 0, random = 0.5 }) {
      const own = backedOff?.(resetTimeout, trips, random);
      // An opening of no known length would never end.
      const openMs = typeof own === "number" && own >= 0 && own < Infinity ? own : resetTimeout;
      return Math.max(openMs, Math.min(retryAfterMs || 0, maxRetryAfter));
    },
    halfOpenRetries,
    ramp: ramp && asked(ramp, false),
    probe,
    maxConcurrent,
    watches: ramp !== undefined || "starts" in opensOn || "sheds" in opensOn,
    timeoutMs,
    trialLeaseMs: timeoutMs === Infinity ? Math.max(resetTimeout, 1000) : timeoutMs + 1000,
    options: {
      failureThreshold,
      resetTimeout,
      halfOpenRetries,
      maxRetryAfter,
      ...(options.maxConcurrent !== undefined && { maxConcurrent }),
      ...(given !== undefined && { opensOn: given }),
      ...(resetBackoff !== undefined && { resetBackoff }),
      ...(ramp !== undefined && { ramp }),
      ...(probe !== undefined && { probe }),
    },
    summary: [
      failureThreshold,
      resetTimeout,
      halfOpenRetries,
      maxRetryAfter,
      maxConcurrent,
      opensOn.kind,
    ].join(),
  };
}

export function checkedRule(rule: OpeningRule): OpeningRule {
  const parts = ["begin", "record", "trips", "failures"] as const;
  const isRule = typeof rule?.kind === "string" && parts.every((part) => typeof rule[part] === "function");
  if (isRule) {
    for (const part of parts) syncFunction(`opensOn.${part}`, rule[part]);
    return totalRule(rule);
  }
  throw invalid("opensOn", rule, "a rule of next-protego/options, or anyOf(…)");
}
