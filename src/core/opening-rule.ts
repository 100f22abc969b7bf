import type { CallWatch } from "./call-watch.ts";
import type { Figures } from "./figures.ts";
import { count } from "./option.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Decides when a closed circuit opens. A rule is arithmetic over a tally of its own: the circuit keeps the tally
 * and hands it back at the next call.
 */
export interface OpeningRule<Tally = unknown> {
  /** Whose tally it is: one survives a change of options as long as this stays the same. */
  readonly kind: string;
  /** What the rule was made with, as plain data: rules of equal kind and settings decide alike. */
  readonly settings?: unknown;
  /** The tally of a circuit that has just closed. */
  begin(now: number): Tally;
  /** The tally after one more counted call. Returning the same tally says: nothing that a snapshot would show. */
  record(tally: Tally, verdict: Exclude<Verdict, "ignored">, now: number, durationMs: number): Tally;
  /** Whether this tally opens the circuit. Asked after every recorded call, successes included. */
  trips(tally: Tally, now: number): boolean;
  /** Failures that count towards opening, for snapshots. */
  failures(tally: Tally, now: number): number;
  /** What else a person wants to know of the tally. */
  figures?(tally: Tally, now: number): Partial<Figures>;
  /** The tally of a rule that is made of others, from its figures. */
  resume?(figures: Figures, part: (rule: OpeningRule, figures: Figures | undefined) => unknown): Tally;
  /** Failures in a row by which it opens, where it counts those: isolates of a fleet count them together. */
  readonly inARow?: number;
  /** Whether `record` needs the duration of calls; measuring it costs a look at the clock. */
  readonly timed?: boolean;
  /** The tally that a success leaves as it is, where there is one: such a call needs no clock. */
  readonly neutralTally?: Tally;
  /** `watchedCalls` of `next-protego/options`, for a rule with `starts` or `sheds`: without it they are not asked. */
  readonly watch?: CallWatch;
  /** A call starts. What this returns comes back when the call ends, whatever came of it. */
  starts?(tally: Tally, now: number): unknown;
  ends?(tally: Tally, token: unknown): void;
  /** Whether a call is refused although the circuit is closed. @param random from 0 to 1 */
  sheds?(tally: Tally, now: number, random: number): boolean;
}

/**
 * Opens after `threshold` failures without a success in between.
 *
 * @throws {TypeError | RangeError} when it is not a whole number of at least 1
 */
export function consecutiveFailures(threshold: number): OpeningRule<number> {
  count("consecutiveFailures", threshold);
  return {
    kind: "consecutive-failures",
    settings: { threshold },
    inARow: threshold,
    neutralTally: 0,
    begin: () => 0,
    record: (failures, verdict) => (verdict === "failure" ? failures + 1 : 0),
    trips: (failures) => failures >= threshold,
    failures: (failures) => failures,
  };
}
