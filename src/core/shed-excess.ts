import type { Duration } from "./duration.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { anObject, invalid } from "./option.ts";
import { windowKind } from "./window-kind.ts";
import type { Window } from "./window.ts";
import { watchedCalls } from "./watched-calls.ts";

export interface ShedExcessOptions {
  /**
   * The calls of a span of time (`"10s"`, to a tenth of it), or the last so many calls (a number).
   *
   * @default "2m"
   */
  window?: Duration | undefined;
  /**
   * How many calls may be made for each that the upstream accepts before any is shed: 1.1 lets one in eleven fail,
   * 2 every second.
   *
   * @default 1.1
   */
  multiplier?: number | undefined;
}

/**
 * Instead of all or nothing: refuses a share of the calls, about as large as the share of those made that fail. The
 * circuit stays closed; the share follows what the upstream accepts. Calls are refused with the probability
 * (calls - multiplier * accepted) / (calls + 1), counted over those that were made: counting the refused ones too, as
 * client-side throttling often does, sheds nearly everything as soon as failures do not come from the load.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ opensOn: shedExcess({ window: "2m" }) });
 */
export function shedExcess(options: ShedExcessOptions = {}): OpeningRule<Window> {
  const { multiplier = 1.1, window = "2m" } = anObject("shedExcess", options, ["multiplier", "window"]);
  if (!(multiplier >= 1 && multiplier < Infinity)) {
    throw invalid("shedExcess.multiplier", multiplier, "a number of at least 1");
  }
  const { label, begin } = windowKind("shedExcess", { window });
  return {
    kind: `shedExcess(${label})`,
    settings: { multiplier },
    watch: watchedCalls,
    begin,
    record(tally, verdict, now) {
      tally.add(verdict === "failure", now);
      return tally;
    },
    trips: () => false,
    sheds(tally, now, random) {
      const { calls, hits } = tally.counts(now);
      return random < (calls - multiplier * (calls - hits)) / (calls + 1);
    },
    failures: (tally, now) => tally.counts(now).hits,
    figures(tally, now) {
      const { calls, hits } = tally.counts(now);
      return { calls, rate: hits / calls || 0, window: label };
    },
  };
}
