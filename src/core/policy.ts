import type { CallWatch } from "./call-watch.ts";
import type { Duration } from "./duration.ts";
import { consecutiveFailures, type OpeningRule } from "./opening-rule.ts";
import { withDefault } from "./with-default.ts";
import type { TrialRules, Trials } from "./trials.ts";
import { aSpan, type Check, checked, count, duration, having, invalid, syncFunction } from "./option.ts";
import type { Permit } from "./phase.ts";
import type { Refusal } from "./refusal.ts";
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
   * Trials let through when half-open. All must succeed to close the circuit; one failure reopens it. Or in full:
   * how many, how many at once, how many may fail: {@link trials}.
   *
   * @default 2
   */
  halfOpenRetries?: number | Trials | undefined;
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
  /** A check in the background decides about recovery, in place of calls: `healthProbe` of `next-protego/options`. */
  probe?: Probe | undefined;
  /** After closing by trials, a growing share of calls instead of all at once: {@link ramp}. */
  ramp?: Ramp | undefined;
}

/** How long to stay open at the n-th opening in a row. @param random from 0 to 1 */
export type Backoff = (resetTimeoutMs: number, trips: number, random: number) => number;

/** What {@link ramp} makes. */
export interface Ramp {
  readonly kind: "ramp";
  /** Whether a call is refused so soon after closing. @param random from 0 to 1 */
  isShed(sinceClosedMs: number, random: number): boolean;
  /** What it was made with, where that is plain data. */
  readonly settings?: unknown;
  readonly watch: CallWatch;
}

/** A check that takes the places of trials. */
export interface Probe {
  /**
   * What is decided about a call where a probe may take its place.
   *
   * @param circuit the record of the circuit
   * @param again asks for the next trial
   */
  readonly decide: (
    circuit: object,
    decision: Permit | Refusal,
    leaseMs: number,
    again: () => Permit | Refusal,
  ) => Permit | Refusal;
}

/** What else is known of a settled call, where it matters. */
export interface Evidence {
  readonly durationMs?: number;
  /** A stream that lives: it takes as long as it likes. */
  readonly isStream?: boolean | undefined;
  /** How long the upstream asked to be left alone. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 to 1: the dice are thrown outside. */
  readonly random?: number | undefined;
}

/** Options made into numbers: what the machine decides by. */
export interface Policy {
  readonly opensOn: OpeningRule;
  readonly resetTimeoutMs: number;
  /** How long to stay open this time. */
  readonly openMs: (trips: number, evidence: Evidence) => number;
  /** Good trials that close a half-open circuit. */
  readonly halfOpenRetries: number;
  readonly trials: TrialRules;
  readonly ramp: Ramp | undefined;
  readonly probe: Probe | undefined;
  readonly maxConcurrent: number;
  /** Where calls are judged before they are made. */
  readonly watch: CallWatch | undefined;
  /** The longest an admitted call can take, where that is known. */
  readonly timeoutMs: number;
  /** How long a trial may take until its place goes to another call. */
  readonly trialLeaseMs: number;
  /** The options in force, as numbers, defaults included. */
  readonly options: PolicyOptions;
}

/** What `configure` takes: each option with what makes a number of it, or refuses it. */
export const policyChecks = {
  failureThreshold: count,
  halfOpenRetries: trialsOrCount,
  maxConcurrent: count,
  maxRetryAfter: duration,
  opensOn: checkedRule,
  probe: having("decide", "healthProbe"),
  ramp: having("isShed", "ramp"),
  resetBackoff: syncFunction,
  resetTimeout: aSpan,
} satisfies Record<keyof PolicyOptions, Check>;

const defaults = {
  failureThreshold: 3,
  resetTimeout: 60_000,
  halfOpenRetries: 2,
  maxRetryAfter: 600_000,
};

/** Options of which every duration is a number. */
type Resolved = Omit<PolicyOptions, keyof typeof defaults> &
  Omit<typeof defaults, "halfOpenRetries"> & { readonly halfOpenRetries: number | Trials };

/**
 * The policy of these options.
 *
 * @param timeoutMs the longest an admitted call can take; a trial's lease is a little longer, so that a trial
 *   that still runs never loses its place
 * @throws {TypeError | RangeError} naming the option, what came and what is expected
 */
export function resolvePolicy(given: PolicyOptions, timeoutMs: number): Policy {
  const options = { ...defaults, ...checked(policyChecks, given) } as Resolved;
  const { resetTimeout, halfOpenRetries: retries, maxRetryAfter, resetBackoff, ramp } = options;
  const { maxConcurrent = Infinity } = options;
  const opensOn = options.opensOn
    ? totalRule(options.opensOn)
    : consecutiveFailures(options.failureThreshold);
  const trials: TrialRules =
    typeof retries === "number"
      ? {
          successes: retries,
          concurrent: retries,
          tolerated: 0,
          slowMs: Infinity,
          everyMs: 0,
          longestStayMs: Infinity,
        }
      : retries.settings;
  const backedOff = resetBackoff && withDefault(resetBackoff, resetTimeout);
  return {
    opensOn,
    resetTimeoutMs: resetTimeout,
    openMs(trips, { retryAfterMs = 0, random = 0.5 }) {
      const own = backedOff?.(resetTimeout, trips, random);
      // An opening of no known length would never end.
      const openMs = typeof own === "number" && own >= 0 && own < Infinity ? own : resetTimeout;
      return Math.max(openMs, Math.min(retryAfterMs || 0, maxRetryAfter));
    },
    halfOpenRetries: trials.successes,
    trials,
    ramp,
    probe: options.probe,
    maxConcurrent,
    watch: opensOn.watch ?? ramp?.watch,
    timeoutMs,
    trialLeaseMs: timeoutMs === Infinity ? Math.max(resetTimeout, 1000) : timeoutMs + 1000,
    options,
  };
}

function trialsOrCount(option: string, value: unknown): number | Trials {
  if ((value as Trials | null)?.kind === "trials") return value as Trials;
  return typeof value === "number" ? count(option, value) : invalid(option, value, "trials");
}

export function checkedRule(option: string, value: unknown): OpeningRule {
  const rule = value as OpeningRule;
  if (typeof rule?.kind !== "string") invalid(option, value, "a rule");
  for (const part of ["begin", "record", "trips", "failures"] as const) {
    syncFunction(`${option}.${part}`, rule[part]);
  }
  if (!rule.watch && ("starts" in rule || "sheds" in rule)) {
    invalid(`${option}.watch`, undefined, "watchedCalls");
  }
  return rule;
}
