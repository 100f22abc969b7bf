/** Notices that calls hang before they fail: then it is worth asking what others know. */
export interface Suspicion {
  /** A call is about to start. @returns whether those in flight are overdue; once per spell */
  arises(now: number, inFlight: number): boolean;
  settled(now: number, successMs: number | undefined): void;
}

/**
 * A call is overdue when it takes longer than the usual duration and four times the usual deviation from it: the
 * estimate by which TCP decides that a segment is lost (RFC 6298), but never less than twice the usual.
 */
export function createSuspicion(): Suspicion {
  /** Of calls that succeeded; 0 before the first. */
  let usualMs = 0;
  let deviationMs = 0;
  /** Calls have been in flight since then without one coming back. */
  let quietSince = -Infinity;
  return {
    arises(now, inFlight) {
      if (inFlight === 0) quietSince = now;
      const isOverdue = usualMs > 0 && now - quietSince > usualMs + Math.max(4 * deviationMs, usualMs);
      if (isOverdue) quietSince = now;
      return isOverdue;
    },
    settled(now, successMs) {
      quietSince = now;
      if (successMs === undefined) return;
      deviationMs = usualMs === 0 ? successMs / 2 : 0.75 * deviationMs + 0.25 * Math.abs(usualMs - successMs);
      usualMs = usualMs === 0 ? successMs : 0.875 * usualMs + 0.125 * successMs;
    },
  };
}
