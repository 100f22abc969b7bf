import type { Figures } from "../core/figures.ts";
import { figuresOf } from "../core/figures-of.ts";
import { inWords } from "../core/in-words.ts";
import { admit, isHeldClosed, look } from "../core/machine.ts";
import type { CircuitState, HalfOpenPhase, Phase } from "../core/phase.ts";
import { isRefusal } from "../core/refusal.ts";
import type { Policy } from "../core/policy.ts";
import type { PolicyOptions } from "../core/policy-options.ts";
import { epochMs } from "../runtime/clock.ts";
import type { Breaker, Totals } from "./breaker.ts";
import type { SharedCircuit } from "./shared-circuit.ts";

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

export function snapshotOf(breaker: Breaker): CircuitSnapshot {
  const { name, policy, clock, totals, lastFailure, inFlight, fleet, leftClosedAt } = breaker;
  const now = clock.now();
  const phase = look(breaker.phase, policy, now);
  const figures = phase.state === "closed" ? figuresOf(policy.opensOn, phase.tally, now) : phase.figures;
  return {
    name,
    ...outlookOf(breaker, phase, now),
    at: epochMs(),
    shared: fleet !== undefined,
    degraded: fleet?.isDegraded() ?? false,
    failures: figures?.failures ?? 0,
    figures,
    openings: phase.trips,
    notClosedMs: leftClosedAt === undefined || phase.state === "closed" ? undefined : now - leftClosedAt,
    trials: phase.state === "half-open" ? trialCounts(phase, policy) : undefined,
    inFlight,
    totals: { ...totals },
    lastFailure: lastFailure === undefined ? undefined : inWords(lastFailure),
    options: { ...policy.options },
  };
}

function trialCounts({ trials, successes, failures }: HalfOpenPhase, policy: Policy): TrialCounts {
  return {
    running: trials.length,
    succeeded: successes,
    failed: failures,
    needed: policy.halfOpenRetries,
  };
}

/**
 * What it is now, and until when.
 *
 * @param seen its phase as the clock has it
 */
export function outlookOf(
  { phase, policy, fleet }: Breaker,
  seen: Phase,
  now: number,
): Pick<CircuitSnapshot, "state" | "forced" | "heldMs" | "retryAfter"> {
  const heldMs = phase.state === "closed" ? phase.heldUntil! - now : 0;
  // A closed circuit is not asked: asking may take part in its rule's counting.
  const { decision } = seen.state === "closed" ? { decision: phase } : admit(phase, policy, now);
  return {
    state: seen.state,
    forced: isHeld(phase, now, fleet),
    heldMs: heldMs > 0 && heldMs < Infinity ? heldMs : undefined,
    retryAfter: isRefusal(decision) ? decision.retryAfterMs : 0,
  };
}

/** What a fleet has held closed is closed here, too, and held for as long. */
export function isHeld(phase: Phase, now: number, fleet: SharedCircuit | undefined): boolean {
  if (phase.state === "closed") return isHeldClosed(phase, now);
  return (phase.state === "open" && phase.until === Infinity) || (fleet?.isForced() ?? false);
}
