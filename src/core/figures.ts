import { withDefault } from "./with-default.ts";
import type { OpeningRule } from "./opening-rule.ts";

/** What an opening rule has counted, for people. Plain data. */
export interface Figures {
  /** The rule's kind, or none where it could not tell. */
  readonly rule: string;
  /** Those that count towards opening. */
  readonly failures: number;
  /** Calls in the window. */
  readonly calls?: number | undefined;
  /** Of these, the slow ones. */
  readonly slow?: number | undefined;
  /** Share of failures, or of slow calls, in the window: 0 to 1. */
  readonly rate?: number | undefined;
  /** Failures without a success in between, where the rule counts a window as well. */
  readonly consecutiveFailures?: number | undefined;
  /** The rule's window: a time, or a number of calls. */
  readonly window?: string | undefined;
  /** Of `anyOf`, one for each of its rules. */
  readonly rules?: readonly Figures[] | undefined;
}

/** A rule's figures now. One of the user's own that throws, or answers no number, has counted nothing. */
export function figuresOf(rule: OpeningRule, tally: unknown, now: number): Figures {
  const count = withDefault((): unknown => rule.failures(tally, now), 0);
  const more = withDefault((): object => ({ ...rule.figures?.(tally, now) }), {});
  const failures = count();
  return { rule: rule.kind, failures: typeof failures === "number" ? failures : 0, ...more() };
}
