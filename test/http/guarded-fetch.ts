import { circuits, createProtectedFetch, type ProtectedFetchOptions } from "../../src/index.ts";
import type { Circuit, Totals } from "../../src/index.ts";
import { testClock, type TestClock } from "../../src/testing.ts";

export interface GuardedFetch {
  readonly fetch: ReturnType<typeof createProtectedFetch>;
  readonly clock: TestClock;
  readonly name: string;
  readonly circuit: () => Circuit;
  readonly totals: () => Totals;
}

let serial = 0;

/** A protected fetch with a circuit of its own and a clock that stands still. */
export function guardedFetch(options: ProtectedFetchOptions = {}): GuardedFetch {
  const name = `guarded ${++serial}`;
  const clock = testClock();
  const circuit = (): Circuit => circuits.get(name)!;
  return {
    fetch: createProtectedFetch({ name, clock, ...options }),
    clock,
    name,
    circuit,
    totals: () => circuit().snapshot().totals,
  };
}

/** What one call may have been counted as. */
export const counted = {
  success: {
    allowed: 1,
    succeeded: 1,
    failed: 0,
    ignored: 0,
    refused: 0,
    observed: 0,
    fallback: 0,
    stale: 0,
    cache: 0,
  },
  failure: {
    allowed: 1,
    succeeded: 0,
    failed: 1,
    ignored: 0,
    refused: 0,
    observed: 0,
    fallback: 0,
    stale: 0,
    cache: 0,
  },
  nothing: {
    allowed: 1,
    succeeded: 0,
    failed: 0,
    ignored: 1,
    refused: 0,
    observed: 0,
    fallback: 0,
    stale: 0,
    cache: 0,
  },
} satisfies Record<string, Totals>;
