import type { OpeningRule } from "./opening-rule.ts";
import { anObject, invalid } from "./option.ts";
import { windowKind, type WindowOptions } from "./share-rule.ts";
import type { Window } from "./window.ts";

export interface ShedExcessOptions extends Pick<WindowOptions, "window"> {
  /**
   * How many calls are made for each that the upstream accepts. Less than this is never shed; 2 sheds late, 1.1
   * early.
   *
   * @default 2
   */
  multiplier?: number | undefined;
}

/**
 * Instead of all or nothing: refuses a share of the calls, as large as the upstream's refusals. The circuit stays
 * closed; the share follows what the upstream accepts. Client-side throttling, as in Google's SRE book, "Handling
 * Overload": calls are refused with the probability (calls - multiplier * accepted) / (calls + 1).
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ opensOn: shedExcess({ window: "2m" }) });
 */
export function shedExcess(options: ShedExcessOptions = {}): OpeningRule<Window> {
  const { multiplier = 2, window = "2m" } = anObject("shedExcess", options, ["multiplier", "window"]);
  if (!(multiplier >= 1 && multiplier < Infinity)) {
    throw invalid("shedExcess.multiplier", multiplier, "a number of at least 1");
  }
  const { label, begin } = windowKind("shedExcess", { window });
  return {
    kind: `shedExcess(${label})`,
    settings: { multiplier },
    begin,
    record(tally, verdict, now) {
      tally.add(verdict === "failure", now);
      return tally;
    },
    trips: () => false,
    sheds(tally, now, random) {
      const { calls, hits } = tally.counts(now);
      const isShed = random < (calls - multiplier * (calls - hits)) / (calls + 1);
      // A call that was shed is one that was wanted and not accepted.
      if (isShed) tally.add(true, now);
      return isShed;
    },
    failures: (tally, now) => tally.counts(now).hits,
    figures(tally, now) {
      const { calls, hits } = tally.counts(now);
      return { calls, rate: hits / calls || 0, window: label };
    },
  };
}
