import type { Duration } from "./duration.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { anObject, aSpan, count, invalid, share } from "./option.ts";
import { callWindow, timeWindow, type Window } from "./window.ts";

/** Which calls a rule looks at. */
export interface WindowOptions {
  /**
   * The calls of a span of time (`"10s"`, to a tenth of it), or the last so many calls (a number).
   *
   * @default "10s"
   */
  window?: Duration | undefined;
  /**
   * Fewer calls than this in the window never open the circuit.
   *
   * @default 10
   */
  minimumCalls?: number | undefined;
}

const mostCalls = 10_000;

/** Which calls a window holds, resolved. */
export interface WindowKind {
  /** Equal for windows of the same size. */
  readonly label: string;
  /** How many calls it holds at most. */
  readonly mostCalls: number;
  /** A window that is empty, as it is each time the circuit closes. */
  readonly begin: () => Window;
}

/** @throws {TypeError | RangeError} for a window that holds nothing, or more than can be kept */
export function windowKind(option: string, { window = "10s" }: WindowOptions): WindowKind {
  if (typeof window !== "number") {
    const windowMs = aSpan(`${option}.window`, window);
    return { label: `${windowMs}ms`, mostCalls: Infinity, begin: () => timeWindow(windowMs) };
  }
  const size = count(`${option}.window`, window, 0);
  if (size > mostCalls)
    throw invalid(`${option}.window`, window, `no more than ${mostCalls} calls, or a time`);
  return { label: `${size}`, mostCalls: size, begin: () => callWindow(size) };
}

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
