import type { Duration } from "./duration.ts";
import { anObject, aSpan, count, invalid } from "./option.ts";

export interface TrialsOptions {
  /**
   * Good trials that close the circuit.
   *
   * @default 2
   */
  successes?: number | undefined;
  /**
   * Trials at the same time.
   *
   * @default as many as must succeed
   */
  concurrent?: number | undefined;
  /**
   * Share of the trials that may fail: 0.2 lets one in five do so. The first one more reopens the circuit.
   *
   * @default 0
   */
  tolerate?: number | undefined;
  /**
   * A trial that takes longer than this has failed, whatever it answers.
   *
   * @default no bound but the timeout
   */
  slow?: Duration | undefined;
  /**
   * At most one trial begins in this time.
   *
   * @default no pause
   */
  every?: Duration | undefined;
  /**
   * The longest that the circuit stays half-open: undecided by then, it opens again.
   *
   * @default no bound
   */
  longest?: Duration | undefined;
}

/** How trials decide, as numbers. */
export interface TrialRules {
  readonly successes: number;
  readonly concurrent: number;
  /** Failed trials that do not reopen. */
  readonly tolerated: number;
  readonly slowMs: number;
  readonly everyMs: number;
  readonly longestStayMs: number;
}

/** The option `halfOpenRetries`, in full. */
export interface Trials {
  readonly kind: "trials";
  readonly settings: TrialRules;
}

/**
 * How a half-open circuit decides, where a number of trials that must all succeed is not enough.
 *
 * @throws {TypeError | RangeError} for a bad option, and for a stay too short for its trials
 * @example
 * createProtectedFetch({ halfOpenRetries: trials({ successes: 5, concurrent: 2, tolerate: 0.2, slow: "2s" }) });
 */
export function trials(options: TrialsOptions): Trials {
  const known = ["successes", "concurrent", "tolerate", "slow", "every", "longest"];
  const { tolerate = 0, slow, every, longest } = anObject("trials", options, known);
  const successes = count("trials.successes", options.successes, 2);
  const concurrent = count("trials.concurrent", options.concurrent, successes);
  if (!(typeof tolerate === "number" && tolerate >= 0 && tolerate < 1)) {
    throw invalid("trials.tolerate", tolerate, "a share of at least 0 and less than 1, such as 0.2");
  }
  const everyMs = every === undefined ? 0 : aSpan("trials.every", every);
  const longestStayMs = longest === undefined ? Infinity : aSpan("trials.longest", longest);
  if (everyMs * (successes - 1) >= longestStayMs) {
    throw invalid("trials.longest", longest, `long enough for ${successes} trials, one each ${everyMs} ms`);
  }
  return {
    kind: "trials",
    settings: {
      successes,
      concurrent: Math.min(concurrent, successes),
      // So many that, with the good ones that are needed, they are no larger share. 0.7 of 10 is a little less than 7.
      tolerated: Math.floor((successes * tolerate) / (1 - tolerate) + 1e-9),
      slowMs: slow === undefined ? Infinity : aSpan("trials.slow", slow),
      everyMs,
      longestStayMs,
    },
  };
}
