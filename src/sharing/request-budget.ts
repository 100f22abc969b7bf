/** How many requests an isolate may still send to its store. */
export interface RequestBudget {
  /** @param isOwed it gives back what was granted, or is somebody's command: it is sent all the same */
  spend(now: number, isOwed: boolean): boolean;
  /** Whole requests that may be sent now. */
  left(now: number): number;
}

/** A bucket of tokens, filled evenly: as many in a minute as it holds. */
export function createRequestBudget(perMinute: number): RequestBudget {
  let left = perMinute;
  let filledAt = -Infinity;
  const filled = (now: number): number => Math.min(perMinute, left + ((now - filledAt) * perMinute) / 60_000);
  return {
    left: (now) => Math.max(0, Math.floor(filled(now))),
    spend(now, isOwed) {
      left = filled(now);
      filledAt = now;
      if (left < 1 && !isOwed) return false;
      left--;
      return true;
    },
  };
}
