import type { Verdict } from "./verdict.ts";

/**
 * Decides when a closed circuit opens. A rule is pure arithmetic over a tally of its own: the circuit keeps the
 * tally and hands it back at the next call.
 */
export interface OpeningRule<Tally = unknown> {
  /** Kind of the rule. A tally survives a change of options as long as the kind stays. */
  readonly kind: string;
  /** The tally of a circuit that has just closed. */
  begin(now: number): Tally;
  /** The tally after one more counted call. Returning the same tally says: nothing has changed. */
  record(tally: Tally, verdict: Exclude<Verdict, "ignored">, now: number): Tally;
  /** Whether this tally opens the circuit. Asked after every recorded call, successes included. */
  trips(tally: Tally, now: number): boolean;
  /** Failures in a row or in the window, for snapshots. */
  failures(tally: Tally, now: number): number;
}

/** Opens after `threshold` failures without a success in between. */
export function consecutiveFailures(threshold: number): OpeningRule<number> {
  return {
    kind: "consecutive-failures",
    begin: () => 0,
    record: (failures, verdict) => (verdict === "failure" ? failures + 1 : 0),
    trips: (failures) => failures >= threshold,
    failures: (failures) => failures,
  };
}
