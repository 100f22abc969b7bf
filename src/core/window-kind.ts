import type { Duration } from "./duration.ts";
import { aSpan, count, invalid } from "./option.ts";
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
