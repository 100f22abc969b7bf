import type { CallWatch } from "./call-watch.ts";
import type { Duration } from "./duration.ts";
import type { OpeningRule } from "./opening-rule.ts";
import type { Permit } from "./phase.ts";
import type { Refusal } from "./refusal.ts";
import type { Trials } from "./trials.ts";

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
