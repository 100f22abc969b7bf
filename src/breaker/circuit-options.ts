import { durationMs, type Duration } from "../core/duration.ts";
import { invalid, type Policy, type PolicyOptions, resolvePolicy } from "../core/policy.ts";
import type { Outcome } from "../core/verdict.ts";
import { type Clock, monotonicClock } from "../runtime/clock.ts";
import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import type { Listener } from "./events.ts";

/** Options of a circuit, whoever uses it. */
export interface CircuitOptions extends PolicyOptions {
  /** Hears everything that happens in the circuit. It cannot break a call. */
  on?: Listener | undefined;
  /** Source of time, for tests. */
  clock?: Clock | undefined;
}

/** Options that the three wrappers share. */
export interface CallOptions<Value, Fallback> extends CircuitOptions {
  /** The call fails after it, and that counts. `Infinity` or `false`: never. */
  timeout?: Duration | false | undefined;
  /**
   * Whether an outcome counts as a failure. Asked only about what says something about the upstream: never
   * about a caller's own abort or mistake, nor about Next's control flow.
   *
   * @param byDefault what it would be without this option
   */
  isFailure?: ((outcome: Outcome<Value>, byDefault: boolean) => boolean) | undefined;
  /** Errors that never count: classes, or predicates. */
  ignoreErrors?: ReadonlyArray<ErrorMatcher> | undefined;
  /** Answers in place of a refused call, instead of throwing. Not in a prerender: its answer would be cached. */
  fallback?: ((context: FallbackContext) => Fallback | PromiseLike<Fallback>) | undefined;
  /**
   * `false`, or a function that says so: as if not installed. `"observe"`: counts and reports, never refuses.
   *
   * @default true
   */
  enabled?: boolean | "observe" | (() => boolean | "observe") | undefined;
}

export interface FallbackContext {
  readonly error: CircuitOpenError;
  /** What the refused call was called with. */
  readonly args: readonly unknown[];
}

export type ErrorMatcher = (abstract new (...args: never[]) => unknown) | ((error: unknown) => boolean);

export interface ResolvedCircuitOptions {
  readonly policy: Policy;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly on: Listener | undefined;
}

export interface ResolvedCallOptions<Value, Fallback> extends ResolvedCircuitOptions {
  readonly isFailure: CallOptions<Value, Fallback>["isFailure"];
  readonly ignores: (error: unknown) => boolean;
  readonly fallback: CallOptions<Value, Fallback>["fallback"];
  readonly mode: () => boolean | "observe";
}

/** @throws {TypeError | RangeError} naming the option, what came and what is expected */
export function resolveCircuitOptions(options: CircuitOptions, timeoutMs: number): ResolvedCircuitOptions {
  if (typeof options !== "object" || options === null) throw invalid("options", options, "an object");
  const { failureThreshold, resetTimeout, halfOpenRetries, clock } = options;
  if (clock !== undefined && typeof clock?.now !== "function") {
    throw invalid("clock", clock, "an object with a now() function");
  }
  return {
    policy: resolvePolicy({ failureThreshold, resetTimeout, halfOpenRetries }, timeoutMs),
    timeoutMs,
    clock: clock ?? monotonicClock,
    on: optionalFunction("on", options.on),
  };
}

/** @throws {TypeError | RangeError} naming the option, what came and what is expected */
export function resolveCallOptions<Value, Fallback>(
  options: CallOptions<Value, Fallback>,
  defaultTimeoutMs: number,
): ResolvedCallOptions<Value, Fallback> {
  const timeoutMs = resolveTimeout(options?.timeout, defaultTimeoutMs);
  return {
    ...resolveCircuitOptions(options, timeoutMs),
    isFailure: optionalFunction("isFailure", options.isFailure),
    ignores: resolveIgnores(options.ignoreErrors ?? []),
    fallback: optionalFunction("fallback", options.fallback),
    mode: resolveMode(options.enabled ?? true),
  };
}

/** Longest delay a timer takes: a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

function resolveTimeout(timeout: unknown, byDefault: number): number {
  if (timeout === undefined) return byDefault;
  if (timeout === false) return Infinity;
  const ms = durationMs(timeout);
  if (ms === undefined || ms === 0) {
    const expected = 'more than 0 milliseconds, a duration such as "10s", or false';
    throw invalid("timeout", timeout, expected, typeof timeout === "number");
  }
  return ms > longestTimerMs ? Infinity : ms;
}

function resolveIgnores(matchers: unknown): (error: unknown) => boolean {
  if (!Array.isArray(matchers) || matchers.some((matcher) => typeof matcher !== "function")) {
    throw invalid("ignoreErrors", matchers, "an array of error classes or predicates");
  }
  return (error) => matchers.some((matcher: ErrorMatcher) => matches(matcher, error));
}

function matches(matcher: ErrorMatcher, error: unknown): boolean {
  if (isErrorClass(matcher)) return error instanceof matcher;
  try {
    return matcher(error);
  } catch {
    return false;
  }
}

function isErrorClass(matcher: ErrorMatcher): matcher is abstract new (...args: never[]) => unknown {
  const { prototype } = matcher;
  return prototype instanceof Error || (matcher as unknown) === Error || /^class\b/.test(String(matcher));
}

function resolveMode(enabled: unknown): () => boolean | "observe" {
  if (typeof enabled === "function") {
    return () => {
      try {
        return (enabled as () => boolean | "observe")();
      } catch {
        return true;
      }
    };
  }
  if (typeof enabled !== "boolean" && enabled !== "observe") {
    throw invalid("enabled", enabled, 'true, false, "observe", or a function that returns one of them');
  }
  return () => enabled;
}

export function optionalFunction<Kind>(option: string, value: Kind): Kind {
  if (value === undefined || typeof value === "function") return value;
  throw invalid(option, value, "a function");
}
