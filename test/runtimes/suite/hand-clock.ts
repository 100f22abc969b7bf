import type { Clock } from "../../../src/index.ts";

/** Time that passes only when told to. */
export interface HandClock extends Clock {
  pass(ms: number): void;
}

export function handClock(): HandClock {
  let now = 1000;
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}
