import type { Duration } from "./duration.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { beginLine, type InLine, joinLine, leaveLine } from "./line.ts";
import { anObject, aSpan, count } from "./option.ts";
import { watchedCalls } from "./watched-calls.ts";

export interface HungCallsOptions {
  /** A call that has been running for longer than this hangs. Choose less than its timeout. */
  duration: Duration;
  /**
   * Calls hanging at the same time that open the circuit.
   *
   * @default 3
   */
  threshold?: number | undefined;
}

/** A call in flight, in the line of those that started before and after it. */
interface Running extends InLine<Running> {
  /** Where it is counted: after a change of rules and back, that is not the tally in use. */
  readonly tally: Tally;
  readonly startedAt: number;
  isOverdue: boolean;
}

interface Tally {
  /** Head of the line, in the order of starting. */
  readonly line: Running;
  /** First call in the line that was not overdue when last looked at. */
  next: Running;
  overdue: number;
}

/**
 * Opens while calls still hang, before their timeout tells: a dead upstream with a long timeout would otherwise
 * go unnoticed for that long. Looked at whenever a call starts or ends; no timer runs.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ timeout: "30s", opensOn: anyOf(consecutiveFailures(3), hungCalls({ duration: "5s" })) });
 */
export function hungCalls(options: HungCallsOptions): OpeningRule<Tally> {
  const hungMs = aSpan(
    "hungCalls.duration",
    anObject("hungCalls", options, ["duration", "threshold"]).duration,
  );
  const threshold = count("hungCalls.threshold", options.threshold, 3);

  function overdue(tally: Tally, now: number): number {
    for (; tally.next !== tally.line && now - tally.next.startedAt > hungMs; tally.next = tally.next.after) {
      tally.next.isOverdue = true;
      tally.overdue++;
    }
    return tally.overdue;
  }
  return {
    kind: `hungCalls(${hungMs})`,
    settings: { duration: hungMs, threshold },
    watch: watchedCalls,
    begin() {
      const line = beginLine({ startedAt: 0, isOverdue: false } as Running);
      return { line, next: line, overdue: 0 };
    },
    starts(tally, now) {
      const { line } = tally;
      const running: Running = { tally, startedAt: now, before: line, after: line, isOverdue: false };
      joinLine(line, running);
      if (tally.next === line) tally.next = running;
      return running;
    },
    ends(_, token) {
      const running = token as Running;
      const { tally } = running;
      if (running.isOverdue) tally.overdue--;
      if (tally.next === running) tally.next = running.after;
      leaveLine(running);
    },
    record: (tally) => tally,
    trips: (tally, now) => overdue(tally, now) >= threshold,
    failures: (tally, now) => overdue(tally, now),
  };
}
