import type { Duration } from "./duration.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { anObject, count, duration, share } from "./option.ts";
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

/** A window that starts empty each time the circuit closes. */
export function windowFactory(option: string, { window = "10s" }: WindowOptions): () => Window {
  if (typeof window !== "number") {
    const windowMs = duration(`${option}.window`, window, 0);
    return () => timeWindow(windowMs);
  }
  const size = Math.min(count(`${option}.window`, window, 0), mostCalls);
  return () => callWindow(size);
}

/** Opens when a share of the calls in a window are hits. */
export function shareRule(
  kind: string,
  options: WindowOptions & { readonly threshold: number },
  isHit: (failed: boolean, durationMs: number) => boolean,
  timed: boolean,
): OpeningRule<Window> {
  const threshold = share(`${kind}.threshold`, anObject(kind, options).threshold);
  const minimumCalls = count(`${kind}.minimumCalls`, options.minimumCalls, 10);
  const begin = windowFactory(kind, options);
  return {
    kind: `${kind}(${options.window ?? "10s"})`,
    timed,
    begin,
    record(window, verdict, now, durationMs) {
      window.add(isHit(verdict === "failure", durationMs), now);
      return window;
    },
    trips(window, now) {
      const { calls, hits } = window.counts(now);
      return calls >= minimumCalls && hits / calls >= threshold;
    },
    failures: (window, now) => window.counts(now).hits,
  };
}
