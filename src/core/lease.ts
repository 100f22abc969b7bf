/** For how long a call keeps its place. One that still runs never loses it: its own timeout ends it before. */
export function leaseOf(timeoutMs: number, resetTimeoutMs: number): number {
  return timeoutMs === Infinity ? Math.max(resetTimeoutMs, 1000) : timeoutMs + 1000;
}
