/** A call is overdue after this many times the usual duration, and this much more. */
const overdueFactor = 3;
const overdueMs = 100;

/** Notices that calls hang before they fail: then it is worth asking what others know. */
export interface Suspicion {
  /** A call is about to start. @returns whether those in flight are overdue; once per spell */
  arises(now: number, inFlight: number): boolean;
  settled(now: number, successMs: number | undefined): void;
}

export function createSuspicion(): Suspicion {
  /** Moving average of the duration of calls that succeeded; 0 before the first. */
  let usualMs = 0;
  /** Calls have been in flight since then without one coming back. */
  let quietSince = -Infinity;
  return {
    arises(now, inFlight) {
      if (inFlight === 0) quietSince = now;
      const isOverdue = usualMs > 0 && now - quietSince > usualMs * overdueFactor + overdueMs;
      if (isOverdue) quietSince = now;
      return isOverdue;
    },
    settled(now, successMs) {
      quietSince = now;
      if (successMs !== undefined) usualMs = usualMs === 0 ? successMs : usualMs * 0.9 + successMs * 0.1;
    },
  };
}
