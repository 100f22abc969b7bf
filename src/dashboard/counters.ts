import type { Breaker } from "../breaker/breaker.ts";

export const modes = ["enforce", "observe"] as const;
export const outcomes = ["succeeded", "failed", "ignored"] as const;

export type Mode = (typeof modes)[number];
export type Outcome = (typeof outcomes)[number];

/** What a circuit has done, counted on over resets and evictions: it never falls. */
export interface Counters {
  readonly calls: Record<Mode, Record<Outcome, number>>;
  /** Calls that were not made. */
  refused: number;
  /** Calls that would not have been made, had the circuit not only been observed. */
  observed: number;
}

export function noCounters(): Counters {
  const none = (): Record<Outcome, number> => ({ succeeded: 0, failed: 0, ignored: 0 });
  return { calls: { enforce: none(), observe: none() }, refused: 0, observed: 0 };
}

export function copyOf({ calls, refused, observed }: Counters): Counters {
  return { calls: { enforce: { ...calls.enforce }, observe: { ...calls.observe } }, refused, observed };
}

export function outcomeOf({ calls }: Counters, outcome: Outcome): number {
  return calls.enforce[outcome] + calls.observe[outcome];
}

export function addTo(sum: Counters, more: Counters): void {
  for (const mode of modes) for (const each of outcomes) sum.calls[mode][each] += more.calls[mode][each];
  sum.refused += more.refused;
  sum.observed += more.observed;
}

/** What a breaker's own counts were when they were last looked at. */
export interface Seen {
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

/** What has been added since. */
export function growth(before: Seen | undefined, after: Seen): Growth {
  const isSame = before?.totals === after.totals;
  const since = (key: Outcome | "refused" | "observed"): number =>
    Math.max(0, after[key] - (isSame ? (before?.[key] ?? 0) : 0));
  return {
    succeeded: since("succeeded"),
    failed: since("failed"),
    ignored: since("ignored"),
    refused: since("refused"),
    observed: since("observed"),
  };
}
