/** Milliseconds that only go forward. Any origin will do. */
export interface Clock {
  now(): number;
}

/** Not `Date.now`: it breaks Next's prerenders, and a wall clock can step back. */
export const monotonicClock: Clock = { now: () => performance.now() };

/** Milliseconds since 1970, for what travels between processes. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
