import fc from "fast-check";
import type { CircuitState } from "../../src/core/phase.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import type { Settings } from "./naive-circuit.ts";

/** One thing that may happen to a circuit. `pick` chooses among the calls admitted so far, settled ones too. */
export type Step =
  | { readonly do: "ask" }
  | { readonly do: "settle"; readonly pick: number; readonly verdict: Verdict }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "command"; readonly state: CircuitState; readonly forced: boolean }
  | { readonly do: "configure"; readonly settings: Settings };

const state = fc.constantFrom<CircuitState>("closed", "open", "half-open");
const verdict = fc.constantFrom<Verdict>("success", "failure", "failure", "ignored");

const numbers = {
  failureThreshold: fc.integer({ min: 1, max: 4 }),
  resetTimeout: fc.integer({ min: 1, max: 20 }),
  halfOpenRetries: fc.integer({ min: 1, max: 4 }),
  lease: fc.integer({ min: 1, max: 20 }),
};

/** Trials as a number has them. */
const plain = { concurrent: 4, tolerated: 0, slow: Infinity, every: 0, longest: Infinity };

/** Small numbers: what goes wrong goes wrong at the edges, and these meet them often. */
export const plainSettings: fc.Arbitrary<Settings> = fc
  .record(numbers)
  .map((some) => ({ ...plain, ...some }));

export const anySettings: fc.Arbitrary<Settings> = fc.oneof(
  plainSettings,
  fc.record({
    ...numbers,
    concurrent: fc.integer({ min: 1, max: 4 }),
    tolerated: fc.nat(2),
    slow: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 20 })),
    every: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 })),
    // As `trials` has it: long enough for the trials that it needs.
    longest: fc.oneof(fc.constant(Infinity), fc.integer({ min: 20, max: 60 })),
  }),
);

export const ask: fc.Arbitrary<Step> = fc.constant({ do: "ask" });
export const settle: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("settle"),
  // Mostly the latest calls; sometimes one of long ago.
  pick: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.nat(40)),
  verdict,
});
export const pass: fc.Arbitrary<Step> = fc.record({ do: fc.constant("pass"), ms: fc.nat(25) });
export const stepBack: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("pass"),
  ms: fc.integer({ min: -60, max: -1 }),
});
export const command: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("command"),
  state,
  forced: fc.constantFrom(false, false, true),
});
export const configure: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("configure"),
  settings: anySettings,
});

/** Histories in which calls are many and everything else is rare. */
export function history(...rare: Array<fc.Arbitrary<Step>>): fc.Arbitrary<Step[]> {
  const step = fc.oneof(
    { weight: 8, arbitrary: ask },
    { weight: 8, arbitrary: settle },
    { weight: 4, arbitrary: pass },
    ...rare.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
  return fc.array(step, { maxLength: 80, size: "max" });
}

export const anyHistory = history(stepBack, command, configure);
