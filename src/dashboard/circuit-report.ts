import type { Breaker } from "../breaker/breaker.ts";
import type { SubstituteKind } from "../breaker/events.ts";
import { outlookOf } from "../breaker/snapshot.ts";
import { registry } from "../breaker/registry.ts";
import { failureKind } from "../core/failure-kind.ts";
import { look } from "../core/machine.ts";
import type { CircuitState } from "../core/phase.ts";
import type { Slice } from "./buckets.ts";
import { type Mode, outcomeOf } from "./counters.ts";
import { type History, type Moment, type Past, slices } from "./history.ts";
import { quantileMs } from "./latency.ts";

/** What the dashboard tells of one circuit. No message, URL, header or option of the app is in it. */
export interface CircuitReport {
  readonly name: string;
  readonly state: CircuitState;
  /** Numbers its stays in a state: a command that carries it is refused when it has changed. */
  readonly generation: number;
  /** Kept as it is by command. */
  readonly held: boolean;
  /** Milliseconds until a hold ends by itself; `undefined` where none does. */
  readonly heldMs: number | undefined;
  /** Whether calls are refused in earnest, or only counted. Of the last call that asked. */
  readonly mode: Mode;
  readonly shared: boolean;
  readonly degraded: boolean;
  /** Milliseconds since 1970. `undefined` where it has never changed. */
  readonly since: number | undefined;
  readonly notClosedSince: number | undefined;
  readonly lastCallAt: number | undefined;
  /** Milliseconds until the next trial; 0 when calls are admitted; `null` when it is held open. */
  readonly retryAfter: number | null;
  /** Failures that count towards opening. */
  readonly failures: number;
  readonly inFlight: number;
  readonly maxConcurrent: number | undefined;
  readonly openedBy: string | undefined;
  /** A code, a status or a class. */
  readonly lastFailure: string | undefined;
  /** Since the history began, over resets: calls that were made, and those that were not. */
  readonly totals: Readonly<Record<"succeeded" | "failed" | "ignored" | "refused" | "observed", number>>;
  /** Since then: refused or failed calls that something else has answered. */
  readonly substitutes: Readonly<Record<SubstituteKind, number>>;
  /** Of about the last half minute. */
  readonly recent: Recent;
}

export interface Recent {
  readonly succeeded: number;
  readonly failed: number;
  readonly refused: number;
  readonly observed: number;
  readonly substituted: number;
  readonly p95Ms: number | null;
}

/** Slices of the last half minute. */
export const recentSlices = 3;

/** A report of every circuit; one that cannot be read, such as a record of another version, is left out. */
export function circuitReports(history: History, at: Moment): CircuitReport[] {
  const reports: CircuitReport[] = [];
  for (const breaker of registry().breakers.values()) {
    try {
      const past = history.past(breaker.name);
      if (past) reports.push(reportOf(breaker, past, at));
    } catch {
      // What cannot be read hides nothing else.
    }
  }
  return reports;
}

function reportOf(breaker: Breaker, past: Past, at: Moment): CircuitReport {
  const { name, phase, policy, clock, lastFailure, inFlight, fleet } = breaker;
  const now = clock.now();
  const { state, forced, heldMs, retryAfter } = outlookOf(breaker, look(phase, policy, now), now);
  const { counters } = past;
  return {
    name,
    state,
    generation: phase.generation,
    held: forced,
    heldMs,
    mode: past.mode,
    shared: fleet !== undefined,
    degraded: fleet?.isDegraded() ?? false,
    since: past.changedAt,
    notClosedSince: past.notClosedSince,
    lastCallAt: past.lastCallAt,
    retryAfter: forced && state === "open" ? null : Math.round(retryAfter),
    failures: phase.state === "closed" ? policy.opensOn.failures(phase.tally, now) : 0,
    inFlight,
    maxConcurrent: policy.maxConcurrent === Infinity ? undefined : policy.maxConcurrent,
    openedBy: state === "closed" ? undefined : past.openedBy,
    lastFailure: lastFailure === undefined ? undefined : failureKind(lastFailure),
    totals: {
      succeeded: outcomeOf(counters, "succeeded"),
      failed: outcomeOf(counters, "failed"),
      ignored: outcomeOf(counters, "ignored"),
      refused: counters.refused,
      observed: counters.observed,
    },
    substitutes: { ...counters.substitutes },
    recent: recentOf(past, at.now),
  };
}

const nothing = { succeeded: 0, failed: 0, refused: 0, observed: 0, substituted: 0 };

function recentOf(past: Past, now: number): Recent {
  if (!past.buckets) return { ...nothing, p95Ms: null };
  const { fine } = past.buckets;
  let p95Ms: number | null | undefined;
  return {
    ...fine.sum(recentSlices, now),
    // Lines are written every few seconds, reports every second.
    get p95Ms() {
      return (p95Ms ??= quantileMs(fine.latency(recentSlices, now), 0.95) ?? null);
    },
  };
}

/** Of the last five minutes, oldest first; nothing where no call was made. */
export function slicesOf(history: History, circuit: string, now: number): readonly Slice[] {
  return history.past(circuit)?.buckets?.fine.last(slices, now) ?? [];
}

/** Of the last hour, a slice a minute, oldest first. */
export function minutesOf(history: History, circuit: string, now: number): readonly Slice[] {
  return history.past(circuit)?.buckets?.coarse.last(60, now) ?? [];
}
