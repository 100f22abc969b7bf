import type { CallWatch } from "./call-watch.ts";
import { checkedRule } from "./checked-rule.ts";
import { leaseOf } from "./lease.ts";
import { consecutiveFailures, type OpeningRule } from "./opening-rule.ts";
import { withDefault } from "./with-default.ts";
import type { TrialRules, Trials } from "./trials.ts";
import { aSpan, type Check, checked, count, duration, having, invalid, syncFunction } from "./option.ts";
import type { PolicyOptions, Probe, Ramp } from "./policy-options.ts";
import { totalRule } from "./total-rule.ts";

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
    trialLeaseMs: leaseOf(timeoutMs, resetTimeout),
    options,
  };
}

function trialsOrCount(option: string, value: unknown): number | Trials {
  if ((value as Trials | null)?.kind === "trials") return value as Trials;
  return typeof value === "number" ? count(option, value) : invalid(option, value, "trials");
}
