import type { Permit } from "../core/phase.ts";
import type { Breaker } from "./breaker.ts";

/**
 * One call under way: what it was let through with, what it holds, and whether it has been judged. Judged once,
 * whatever happens; its place can be free before that.
 */
export interface AdmittedCall {
  readonly breaker: Breaker;
  /** None for what observe mode lets through past a refusal, and for a stream that outlived its trial. */
  permit: Permit | undefined;
  /** NaN where nobody wants to know. */
  readonly startedMs: number;
  /** How long it may hold its place where its end may go unheard, and a trial its lease. */
  readonly leaseMs: number;
  holdsPlace: boolean;
  isSettled: boolean;
  /** What events tell of the call's arguments. */
  readonly args: readonly unknown[] | undefined;
  /** A stream that has delivered something. */
  isStream?: boolean;
}
