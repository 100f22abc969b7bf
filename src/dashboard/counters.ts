import type { Breaker } from "../breaker/breaker.ts";
import type { SubstituteKind } from "../breaker/events.ts";

export const modes = ["enforce", "observe"] as const;
export const outcomes = ["succeeded", "failed", "ignored"] as const;

export const substituteKinds = ["fallback", "stale", "cache"] as const satisfies readonly SubstituteKind[];

export type Mode = (typeof modes)[number];
export type Outcome = (typeof outcomes)[number];

/** What a circuit has done, counted on over resets and evictions: it never falls. */
export interface Counters {
  readonly calls: Record<Mode, Record<Outcome, number>>;
  /** Calls that were not made. */
  refused: number;
  /** Calls that would not have been made, had the circuit not only been observed. */
  observed: number;
  /** Refused or failed calls that something else has answered. */
  readonly substitutes: Record<SubstituteKind, number>;
}

export function noCounters(): Counters {
  const none = (): Record<Outcome, number> => ({ succeeded: 0, failed: 0, ignored: 0 });
  return {
    calls: { enforce: none(), observe: none() },
    refused: 0,
    observed: 0,
    substitutes: { fallback: 0, stale: 0, cache: 0 },
  };
}

export function copyOf({ calls, refused, observed, substitutes }: Counters): Counters {
  return {
    calls: { enforce: { ...calls.enforce }, observe: { ...calls.observe } },
    refused,
    observed,
    substitutes: { ...substitutes },
  };
}

/** All that something else has answered. */
export function substitutesOf({ fallback, stale, cache }: Readonly<Record<SubstituteKind, number>>): number {
  return fallback + stale + cache;
}

export function outcomeOf({ calls }: Counters, outcome: Outcome): number {
  return calls.enforce[outcome] + calls.observe[outcome];
}

export function addTo(sum: Counters, more: Counters): void {
  for (const mode of modes) for (const each of outcomes) sum.calls[mode][each] += more.calls[mode][each];
  sum.refused += more.refused;
  sum.observed += more.observed;
  for (const kind of substituteKinds) sum.substitutes[kind] += more.substitutes[kind];
}

/** What a breaker's own counts were when they were last looked at. */
export interface Seen extends Readonly<Record<SubstituteKind, number>> {
  /** A circuit that is reset begins new totals. */
  readonly totals: Breaker["totals"];
  readonly succeeded: number;
  readonly failed: number;
  readonly ignored: number;
  readonly refused: number;
  readonly observed: number;
}

export type Growth = Omit<Seen, "totals">;

export function seenOf({ totals }: Breaker): Seen {
  return { totals, ...totals };
}

/** What has been added since. Of a circuit that was reset also what the totals had come to that were looked at before. */
export function growth(before: Seen | undefined, after: Seen): Growth {
  const since = (key: keyof Growth): number => {
    if (!before) return after[key];
    const added = Math.max(0, before.totals[key] - before[key]);
    return before.totals === after.totals ? added : added + after[key];
  };
  return {
    succeeded: since("succeeded"),
    failed: since("failed"),
    ignored: since("ignored"),
    refused: since("refused"),
    observed: since("observed"),
    fallback: since("fallback"),
    stale: since("stale"),
    cache: since("cache"),
  };
}
