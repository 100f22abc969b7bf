import { withDefault } from "./with-default.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { anObject, syncFunction } from "./option.ts";
import { windowKind, type WindowOptions } from "./window-kind.ts";
import type { Window } from "./window.ts";

/** What a rule of one's own decides by. */
export interface RuleCounts {
  readonly calls: number;
  readonly failures: number;
  readonly consecutiveFailures: number;
}

interface Tally {
  readonly window: Window;
  readonly consecutiveFailures: number;
}

/**
 * A rule of one's own over the counts of a window.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ opensOn: opensWhen(({ calls, failures }) => failures > 5 + calls / 10, { window: "1m" }) });
 */
export function opensWhen(
  decide: (counts: RuleCounts) => boolean,
  options: Pick<WindowOptions, "window"> = {},
): OpeningRule<Tally> {
  const ask = withDefault(syncFunction("opensWhen", decide ?? null), false);
  const { label, begin } = windowKind("opensWhen", anObject("opensWhen", options, ["window"]));
  return {
    kind: `opensWhen(${label})`,
    begin: () => ({ window: begin(), consecutiveFailures: 0 }),
    record({ window, consecutiveFailures }, verdict, now) {
      const failed = verdict === "failure";
      window.add(failed, now);
      return { window, consecutiveFailures: failed ? consecutiveFailures + 1 : 0 };
    },
    trips({ window, consecutiveFailures }, now) {
      const { calls, hits } = window.counts(now);
      return ask({ calls, failures: hits, consecutiveFailures }) === true;
    },
    failures: ({ window }, now) => window.counts(now).hits,
    figures({ window, consecutiveFailures }, now) {
      const { calls, hits } = window.counts(now);
      return { calls, rate: hits / calls || 0, consecutiveFailures, window: label };
    },
  };
}
