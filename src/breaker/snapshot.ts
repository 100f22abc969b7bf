import type { Figures } from "../core/figures.ts";
import type { CircuitState } from "../core/phase.ts";
import type { PolicyOptions } from "../core/policy.ts";
import type { Totals } from "./breaker.ts";

/** Trials of a half-open circuit. */
export interface TrialCounts {
  readonly running: number;
  readonly succeeded: number;
  /** Those that were tolerated. */
  readonly failed: number;
  /** Good ones that close the circuit. */
  readonly needed: number;
}

/** What a circuit looks like at one moment. Plain data; reading it changes nothing. */
export interface CircuitSnapshot {
  readonly name: string;
  readonly state: CircuitState;
  /** Held by command until another one. */
  readonly forced: boolean;
  /** Milliseconds that it is still held closed; `undefined` where it is not, or where the hold has no end. */
  readonly heldMs: number | undefined;
  /** When this was so, in milliseconds since 1970, for a process that restores it. */
  readonly at: number;
  /** Tied to those of the same name in other isolates. */
  readonly shared: boolean;
  /** Shared, but the store failed when it was last asked: this isolate is on its own. */
  readonly degraded: boolean;
  /** Failures that count towards opening; of a circuit that is not closed, those that opened it. */
  readonly failures: number;
  /** What the opening rule has counted; of a circuit that is not closed, what it had counted when it opened. */
  readonly figures: Figures | undefined;
  /** Openings in a row, without a healthy spell between them. */
  readonly openings: number;
  /** Milliseconds since it was last closed; `undefined` while it is. */
  readonly notClosedMs: number | undefined;
  /** How a half-open circuit is getting on; `undefined` in other states. */
  readonly trials: TrialCounts | undefined;
  /** Milliseconds until the next call may be admitted; 0 when one may be now. */
  readonly retryAfter: number;
  readonly inFlight: number;
  readonly totals: Readonly<Totals>;
  /** The last failure in words, for operators. Not for the public. */
  readonly lastFailure: string | undefined;
  readonly options: Readonly<PolicyOptions>;
}
