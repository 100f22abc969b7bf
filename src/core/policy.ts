import { type Duration, durationMs } from "./duration.ts";
import { consecutiveFailures, type OpeningRule } from "./opening-rule.ts";

/** How a circuit opens and recovers. What `configure` takes. */
export interface PolicyOptions {
  /**
   * Failures in a row that open the circuit.
   *
   * @default 3
   */
  failureThreshold?: number | undefined;
  /**
   * How long the circuit stays open before it lets trials through.
   *
   * @default "60s"
   */
  resetTimeout?: Duration | undefined;
  /**
   * Trials let through when half-open. All must succeed to close the circuit; one failure reopens it.
   *
   * @default 2
   */
  halfOpenRetries?: number | undefined;
}

/** Options made into numbers: what the machine decides by. */
export interface Policy {
  readonly opensOn: OpeningRule;
  readonly resetTimeoutMs: number;
  readonly halfOpenRetries: number;
  /** How long a trial may take until its place goes to another call. */
  readonly trialLeaseMs: number;
  /** What the options said, for comparing and merging. */
  readonly options: PolicyOptions;
}

/**
 * The policy of these options.
 *
 * @param timeoutMs the longest an admitted call can take; a trial's lease is a little longer, so that a trial
 *   that still runs never loses its place
 * @throws {TypeError | RangeError} naming the option, what came and what is expected
 */
export function resolvePolicy(options: PolicyOptions, timeoutMs: number): Policy {
  const resetTimeoutMs = duration("resetTimeout", options.resetTimeout, 60_000);
  return {
    opensOn: consecutiveFailures(count("failureThreshold", options.failureThreshold, 3)),
    resetTimeoutMs,
    halfOpenRetries: count("halfOpenRetries", options.halfOpenRetries, 2),
    trialLeaseMs: timeoutMs === Infinity ? Math.max(resetTimeoutMs, 1000) : timeoutMs + 1000,
    options,
  };
}

/** A whole number of at least 1, or the default. */
export function count(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw invalid(option, value, "a whole number of at least 1", typeof value === "number");
}

/** A finite duration in milliseconds, or the default. */
export function duration(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  const ms = durationMs(value);
  if (ms !== undefined && ms < Infinity) return ms;
  throw invalid(
    option,
    value,
    'milliseconds or a duration such as "500ms", "30s", "5m"',
    typeof value === "number",
  );
}

/** The error for a bad option: where, what came, what to write instead. */
export function invalid(option: string, value: unknown, expected: string, outOfRange = false): Error {
  const came = typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : describe(value);
  const message = `next-protego: option "${option}" must be ${expected}; got ${came}`;
  return outOfRange ? new RangeError(message) : new TypeError(message);
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null
    ? Array.isArray(value)
      ? "an array"
      : "an object"
    : typeof value === "function"
      ? "a function"
      : String(value);
}
