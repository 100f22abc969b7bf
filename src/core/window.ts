/** How many calls a window holds, and how many of them were hits: failures, or slow ones. */
export interface Counts {
  readonly calls: number;
  readonly hits: number;
}

/**
 * Recent calls in fixed memory, each step O(1). The one thing in the core that is changed in place: a window
 * belongs to one closed phase, and copying it at every call would cost more than the call.
 */
export interface Window {
  add(isHit: boolean, now: number): void;
  counts(now: number): Counts;
}

const bucketsPerWindow = 10;

/** The calls of the last `windowMs`, to a tenth of it. Whatever is older is gone, however long nobody asked. */
export function timeWindow(windowMs: number): Window {
  const bucketMs = windowMs / bucketsPerWindow;
  const calls = Array.from({ length: bucketsPerWindow }, () => 0);
  const hits = Array.from({ length: bucketsPerWindow }, () => 0);
  let newest = -Infinity;
  let totalCalls = 0;
  let totalHits = 0;

  function slide(now: number): number {
    // A clock that steps back adds to the newest bucket instead of reviving an old one.
    const bucket = Math.max(Math.floor(now / bucketMs), newest);
    const passed = Math.min(bucket - newest, bucketsPerWindow);
    for (let step = 0; step < passed; step++) {
      const slot = modulo(bucket - step);
      totalCalls -= calls[slot]!;
      totalHits -= hits[slot]!;
      calls[slot] = hits[slot] = 0;
    }
    newest = bucket;
    return modulo(bucket);
  }

  return {
    add(isHit, now) {
      const slot = slide(now);
      calls[slot]!++;
      totalCalls++;
      if (isHit) {
        hits[slot]!++;
        totalHits++;
      }
    },
    counts(now) {
      slide(now);
      return { calls: totalCalls, hits: totalHits };
    },
  };
}

function modulo(bucket: number): number {
  return ((bucket % bucketsPerWindow) + bucketsPerWindow) % bucketsPerWindow;
}

/** The last `size` calls, however old. */
export function callWindow(size: number): Window {
  const ring = new Uint8Array(size);
  let next = 0;
  let calls = 0;
  let hits = 0;
  return {
    add(isHit) {
      hits += Number(isHit) - ring[next]!;
      ring[next] = Number(isHit);
      next = (next + 1) % size;
      if (calls < size) calls++;
    },
    counts: () => ({ calls, hits }),
  };
}
