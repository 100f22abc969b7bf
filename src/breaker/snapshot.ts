import type { CircuitState } from "../core/phase.ts";
import type { PolicyOptions } from "../core/policy.ts";
import type { Totals } from "./breaker.ts";

/** What a circuit looks like at one moment. Plain data; reading it changes nothing. */
export interface CircuitSnapshot {
  readonly name: string;
  readonly state: CircuitState;
  /** Held by command until another one. */
  readonly forced: boolean;
  /** When this was so, in milliseconds since 1970, for a process that restores it. */
  readonly at: number;
  /** Tied to those of the same name in other isolates. */
  readonly shared: boolean;
  /** Shared, but the store failed when it was last asked: this isolate is on its own. */
  readonly degraded: boolean;
  /** Failures that count towards opening. */
  readonly failures: number;
  /** Milliseconds until the next call may be admitted; 0 when one may be now. */
  readonly retryAfter: number;
  readonly inFlight: number;
  readonly totals: Readonly<Totals>;
  /** The last failure in words, for operators. Not for the public. */
  readonly lastFailure: string | undefined;
  readonly options: Readonly<PolicyOptions>;
}
