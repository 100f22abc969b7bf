/** Upper bounds in milliseconds; what is longer has a bucket of its own. */
export const latencyBoundsMs = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const;

export const latencyBuckets = latencyBoundsMs.length + 1;

export function latencyBucket(durationMs: number): number {
  let bucket = 0;
  while (bucket < latencyBoundsMs.length && durationMs > latencyBoundsMs[bucket]!) bucket++;
  return bucket;
}

/**
 * The duration that this share of calls stayed below, as exact as the buckets are.
 *
 * @returns `undefined` where nothing was measured; the largest bound for what is beyond it
 */
export function quantileMs(counts: ArrayLike<number>, share: number): number | undefined {
  let total = 0;
  for (let bucket = 0; bucket < latencyBuckets; bucket++) total += counts[bucket]!;
  if (total === 0) return undefined;
  let left = total * share;
  for (let bucket = 0; bucket < latencyBoundsMs.length; bucket++) {
    const inside = counts[bucket]!;
    if (inside > 0 && left <= inside) {
      const from = bucket === 0 ? 0 : latencyBoundsMs[bucket - 1]!;
      return from + ((latencyBoundsMs[bucket]! - from) * left) / inside;
    }
    left -= inside;
  }
  return latencyBoundsMs.at(-1)!;
}
