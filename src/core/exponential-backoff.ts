import type { Duration } from "./duration.ts";
import { anObject, duration, invalid, share } from "./option.ts";
import type { Backoff } from "./policy-options.ts";

export interface BackoffOptions {
  /**
   * Each opening in a row lasts this many times longer than the one before.
   *
   * @default 2
   */
  factor?: number | undefined;
  /**
   * The longest opening, before its jitter.
   *
   * @default "10m"
   */
  max?: Duration | undefined;
  /**
   * Share by which an opening is shortened or prolonged at random, so that a fleet does not try in lockstep.
   *
   * @default 0.1
   */
  jitter?: number | undefined;
}

/**
 * Longer and longer openings while trials keep failing; back to the first after a healthy spell.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ resetTimeout: "10s", resetBackoff: exponentialBackoff({ factor: 2, max: "5m" }) });
 */
export function exponentialBackoff(options: BackoffOptions = {}): Backoff {
  const {
    factor = 2,
    max = "10m",
    jitter = 0.1,
  } = anObject("resetBackoff", options, ["factor", "max", "jitter"]);
  if (!(factor >= 1 && factor < Infinity)) {
    throw invalid("resetBackoff.factor", factor, "a number of at least 1");
  }
  const maxMs = duration("resetBackoff.max", max, 0);
  const spread = jitter === 0 ? 0 : share("resetBackoff.jitter", jitter);
  return (resetTimeoutMs, trips, random) => {
    const ms = Math.min(resetTimeoutMs * factor ** (Math.max(trips, 1) - 1), Math.max(maxMs, resetTimeoutMs));
    return ms * (1 + spread * (2 * random - 1));
  };
}
