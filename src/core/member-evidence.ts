import { longAgo } from "./duration.ts";

/**
 * What an isolate has to tell the fleet: its failures in a row, and how it went on after the first that it told of.
 * Not every success: a healthy isolate has nothing to tell. And not every failure: calls earn an allowance, so that
 * the cost of an upstream that fails now and then has a ceiling, however often it does.
 */
export interface Evidence {
  /** Failures in a row since the last success. */
  readonly run: number;
  /** Of these, how many were not told: the next is an alarm like a first one. */
  readonly untold: number;
  /** An alarm has been raised, here or elsewhere: the next outcome is a sample, good or bad. */
  readonly isSampled: boolean;
  /** Whether a good sample must be told too: others have bad ones, and all the fleet would hear were failures. */
  readonly isGoodWanted: boolean;
  readonly isDue: boolean;
  /** What is due is an opening of which no failure was told. */
  readonly isFaded: boolean;
  readonly reported: number | undefined;
  readonly reportedAt: number;
  /** Reports that may still be sent. */
  readonly allowance: number;
  /** Looks that nothing but a suspicion calls for, and that may still be sent: a call waits for each. */
  readonly looks: number;
}

const mostAllowance = 6;
/** Who has so much left has seldom had to tell of anything. */
const plenty = 3;
/** Earned by each call: one report in so many calls. */
const callsPerReport = 220;
/** A first failure may be chance: it is told only while there is enough left for its sample. */
const neededForFirst = 2;
/** A second in a row hardly is: it may be told on credit, and so may what comes after it. */
const credit = -1;
const mostDebt = -3;
/** One look for a mere suspicion in so many calls. */
const callsPerLook = 1000;
const mostLooks = 2;

export const nothingToTell: Evidence = {
  run: 0,
  untold: 0,
  isSampled: false,
  isGoodWanted: false,
  isDue: false,
  isFaded: false,
  reported: undefined,
  reportedAt: longAgo,
  allowance: 2,
  looks: 1,
};

/** @param isLate it took longer than calls ever do, as in an outage: as suspicious as a call that is overdue */
export function failed(before: Evidence, mostRun: number, isLate = false): Evidence {
  const run = Math.min(before.run + 1, Math.max(mostRun, 1) + before.untold);
  const earned = earn(before);
  if (before.isSampled) return { ...earned, run, isDue: true };
  const isAlarm = before.allowance >= (run > 1 ? credit : neededForFirst);
  const isSuspicion = !isAlarm && isLate && mayLook(before);
  if (!isAlarm && !isSuspicion) return { ...earned, run, untold: run };
  const told = { ...earned, run, untold: run - 1, isSampled: true, isDue: true };
  return isSuspicion ? looked(told) : told;
}

export function succeeded(before: Evidence): Evidence {
  return { ...earn(before), run: 0, untold: 0, isSampled: false, isDue: before.isSampled };
}

/**
 * This isolate opened by its own rule: as telling as a full run of failures. But where it opened by failures in a row of
 * which it had told none, for want of reports, what it tells is faded, and counts for little: it would have told of its
 * failures alone, and never of the many runs that ended well.
 */
export function opened(before: Evidence, mostRun: number): Evidence {
  const isUntold = before.run >= mostRun && !before.isSampled;
  const run = isUntold ? before.run : mostRun;
  return { ...before, run, untold: 0, isSampled: true, isDue: true, isFaded: isUntold };
}

/**
 * Somebody else has raised the alarm: the next outcome here is a sample, good or bad.
 *
 * @param isAsked the fleet wants it: it costs no allowance
 */
export function expectSample(before: Evidence, isAsked: boolean): Evidence {
  if (before.isSampled) return before;
  const allowance = before.allowance + (isAsked ? 1 : 0);
  return { ...before, allowance, isSampled: true, isGoodWanted: true, run: 1, untold: 0, reported: 1 };
}

/** What came of a call while nobody knew yet that it was a sample. */
export function wasSample(before: Evidence, verdict: "success" | "failure"): Evidence {
  return verdict === "success"
    ? { ...before, run: 0, untold: 0, isSampled: false, isDue: true, isGoodWanted: true }
    : { ...before, run: Math.max(before.run, 2), untold: 0, isSampled: true, isDue: true };
}

/**
 * What has to be reported. It counts as reported from then on.
 *
 * @param repeatMs a run of failures that goes on is told again so often, because votes expire
 */
export function take(
  before: Evidence,
  now: number,
  repeatMs: number,
): { readonly evidence: Evidence; readonly run: number | undefined; readonly isFaded: boolean } {
  const { isFaded } = before;
  const evidence = { ...before, isDue: false, isFaded: false };
  const run = before.run - before.untold;
  if (!before.isDue) return { evidence: before, run: undefined, isFaded };
  if (run === before.reported && (run === 0 || now - before.reportedAt < repeatMs)) {
    return { evidence, run: undefined, isFaded };
  }
  // Alarms are rare here, and nobody has a bad sample: a good one is no news.
  if (run === 0 && !before.isGoodWanted && before.allowance >= plenty) {
    return { evidence: { ...evidence, reported: undefined }, run: undefined, isFaded };
  }
  return {
    evidence: {
      ...evidence,
      // What counts for little is told again at full weight as soon as it may be.
      reported: isFaded ? undefined : run,
      reportedAt: now,
      isGoodWanted: run > 0 && before.isGoodWanted,
      allowance: Math.max(before.allowance - 1, mostDebt),
    },
    run,
    isFaded,
  };
}

/** The answer to a report: whether others have bad samples. */
export function heard(before: Evidence, isSuspect: boolean): Evidence {
  return isSuspect ? { ...before, isGoodWanted: true } : before;
}

/** The report was lost: it is due again with the next outcome. */
export function lost(before: Evidence): Evidence {
  return { ...before, reported: undefined };
}

/** Another generation: what was seen before is void. */
export function forgotten({ allowance, looks }: Evidence): Evidence {
  return { ...nothingToTell, allowance, looks };
}

/** Whether there is something left for a look that nothing but a suspicion calls for. */
export function mayLook(before: Evidence): boolean {
  return before.looks >= 1;
}

export function looked(before: Evidence): Evidence {
  return { ...before, looks: before.looks - 1 };
}

function earn(before: Evidence): Evidence {
  return {
    ...before,
    allowance: Math.min(before.allowance + 1 / callsPerReport, mostAllowance),
    looks: Math.min(before.looks + 1 / callsPerLook, mostLooks),
  };
}
