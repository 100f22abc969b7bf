import type { OpeningRule } from "./opening-rule.ts";
import { anObject, count, invalid, share } from "./option.ts";
import type { Window } from "./window.ts";
import { windowKind, type WindowOptions } from "./window-kind.ts";

/** Opens when a share of the calls in a window are hits: those that failed or, with a length, those that took longer. */
export function shareRule(
  kind: string,
  options: WindowOptions & { readonly threshold: number },
  slowMs?: number,
): OpeningRule<Window> {
  const known = ["threshold", "window", "minimumCalls", ...(slowMs === undefined ? [] : ["duration"])];
  const threshold = share(`${kind}.threshold`, anObject(kind, options, known).threshold);
  const minimumCalls = count(`${kind}.minimumCalls`, options.minimumCalls, 10);
  const { label, mostCalls, begin } = windowKind(kind, options);
  if (minimumCalls > mostCalls) {
    throw invalid(`${kind}.minimumCalls`, minimumCalls, `no more than the window's ${mostCalls} calls`);
  }
  return {
    kind: `${kind}(${label})`,
    settings: { threshold, minimumCalls, slowMs },
    timed: slowMs !== undefined,
    begin,
    record(window, verdict, now, durationMs) {
      window.add(slowMs === undefined ? verdict === "failure" : durationMs > slowMs, now);
      return window;
    },
    trips(window, now) {
      const { calls, hits } = window.counts(now);
      return calls >= minimumCalls && hits / calls >= threshold;
    },
    failures: (window, now) => window.counts(now).hits,
    figures(window, now) {
      const { calls, hits } = window.counts(now);
      return { calls, rate: hits / calls || 0, window: label, ...(slowMs !== undefined && { slow: hits }) };
    },
  };
}
