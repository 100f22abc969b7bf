import { longAgo } from "./long-ago.ts";

/** What calls usually take, and whether those under way are overdue: then it is worth asking what others know. */
export interface Suspicion {
  /** The longest of the calls that succeeded lately; 0 before the first. */
  readonly longestMs: number;
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

export const unsuspecting: Suspicion = { longestMs: 0, quietSince: longAgo, reluctance: 1, isOut: false };

/** A call is about to start. @returns whether those in flight are overdue; once per spell */
export function suspect(
  before: Suspicion,
  now: number,
  inFlight: number,
): { readonly suspicion: Suspicion; readonly arises: boolean } {
  if (inFlight === 0) return { suspicion: { ...before, quietSince: now }, arises: false };
  const { longestMs, quietSince, reluctance } = before;
  const overdueMs = Math.max(floorMs, isLongTimes * longestMs) * reluctance;
  const arises = longestMs > 0 && now - quietSince > overdueMs;
  return arises
    ? { suspicion: { ...before, quietSince: now, isOut: true }, arises }
    : { suspicion: before, arises };
}

/** @param successMs how long a call took that succeeded */
export function cameBack(before: Suspicion, now: number, successMs: number | undefined): Suspicion {
  if (successMs === undefined) return { ...before, quietSince: now, reluctance: 1, isOut: false };
  const { longestMs, reluctance, isOut } = before;
  return {
    longestMs: Math.max(successMs, longestMs * forgetting),
    quietSince: now,
    reluctance: isOut ? Math.min(reluctance * 2, mostReluctance) : Math.max(1, reluctance * forgetting),
    isOut: false,
  };
}
