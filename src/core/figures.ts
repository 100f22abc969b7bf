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
