/** Shorter than the default of a minute, so that a visitor sees the recovery. */
export const breaker = { resetTimeout: "10s" } as const;
