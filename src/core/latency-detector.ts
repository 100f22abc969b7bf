import { longAgo } from "./duration.ts";

/** What calls usually take, and whether those under way are overdue: then it is worth asking what others know. */
export interface LatencyDetector {
  /** The longest of the calls that succeeded lately; 0 before the first. */
  readonly longestCallMs: number;
  /** Calls have been in flight since then without one coming back. */
  readonly quietSince: number;
  /** Grows with each suspicion that proves unfounded. */
  readonly reluctance: number;
  /** The next outcome tells whether the last suspicion was right. */
  readonly isOut: boolean;
}

/** Under this nothing is overdue: a busy machine, a pause for garbage, a new connection. */
const floorMs = 150;
/** So many times the longest of the last calls. */
const isLongTimes = 1.5;
/** How fast a long call is forgotten, per call. */
const forgetting = 0.99;
const mostReluctance = 8;

export const newDetector: LatencyDetector = {
  longestCallMs: 0,
  quietSince: longAgo,
  reluctance: 1,
  isOut: false,
};

/** A call is about to start. @returns whether those in flight are overdue; once per spell */
export function suspect(
  before: LatencyDetector,
  now: number,
  inFlight: number,
): { readonly latency: LatencyDetector; readonly arises: boolean } {
  if (inFlight === 0) return { latency: { ...before, quietSince: now }, arises: false };
  const arises = isOverdue(before, now - before.quietSince);
  return arises
    ? { latency: { ...before, quietSince: now, isOut: true }, arises }
    : { latency: before, arises };
}

/** @param successMs how long a call took that succeeded */
export function cameBack(
  before: LatencyDetector,
  now: number,
  successMs: number | undefined,
): LatencyDetector {
  if (successMs === undefined) return { ...before, quietSince: now, reluctance: 1, isOut: false };
  const { longestCallMs, reluctance, isOut } = before;
  return {
    longestCallMs: Math.max(successMs, longestCallMs * forgetting),
    quietSince: now,
    reluctance: isOut ? Math.min(reluctance * 2, mostReluctance) : Math.max(1, reluctance * forgetting),
    isOut: false,
  };
}

/** Whether a call has been out for longer than calls usually are. Before the first that succeeds none has. */
export function isOverdue({ longestCallMs, reluctance }: LatencyDetector, outForMs: number): boolean {
  return longestCallMs > 0 && outForMs > Math.max(floorMs, isLongTimes * longestCallMs) * reluctance;
}
