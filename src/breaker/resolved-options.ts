import type { ErrorMatcher } from "../core/error-matcher.ts";
import { anObject, type Check, checked } from "../core/option.ts";
import { type Policy, resolvePolicy } from "../core/policy.ts";
import { withDefault } from "../core/with-default.ts";
import { type Clock, monotonicClock } from "../runtime/clock.ts";
import { isBuildPhase, isDevelopment } from "../runtime/environment.ts";
import type { CallOptions, CircuitOptions, InitialPhase, IsFailure, Mode } from "./circuit-options.ts";
import { createDeadline, type Deadline } from "./deadline.ts";
import type { Listener } from "./events.ts";
import type { FailureContext, Fallback } from "./fallback.ts";
import { optionNames, optionsOf } from "./option-owners.ts";
import type { SharedStore } from "./shared-store.ts";

/** A circuit's options, made into what is decided by. */
export interface ResolvedCircuitOptions {
  readonly policy: Policy;
  readonly clock: Clock;
  readonly on: Listener | undefined;
  readonly initial: InitialPhase | undefined;
  readonly store: SharedStore | undefined;
  readonly quiet: boolean;
  /** Whether the app is being developed. */
  readonly isDeveloped: boolean;
  /** The circuit's options that were mentioned, as numbers. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** A wrapper's options, made into what its calls go by. */
export interface ResolvedCallOptions<Value, Instead> extends ResolvedCircuitOptions {
  /** Bounds the time of a call; `undefined` when there is no timeout. */
  readonly deadline: Deadline | undefined;
  /** `Infinity` when there is none. */
  readonly timeoutMs: number;
  /** A caller's abort counts after this. */
  readonly slowAbortMs: number;
  readonly isFailure: IsFailure<Value> | undefined;
  readonly ignoreErrors: readonly ErrorMatcher[];
  readonly fallback: Fallback<Instead> | undefined;
  readonly fallbackOnFailure: Fallback<Instead, FailureContext> | undefined;
  readonly argumentsInEvents: boolean;
  readonly mode: Mode | ((args: readonly unknown[]) => Mode);
}

/** @throws {TypeError | RangeError} naming the option, what came and what is expected */
export function resolveCircuitOptions(options: CircuitOptions, timeoutMs: number): ResolvedCircuitOptions {
  const given = checked({ ...optionsOf.circuit, ...optionsOf.policy }, options);
  const { clock = monotonicClock, on, initial, store, quiet = false } = given as CircuitOptions;
  return {
    policy: resolvePolicy(given, timeoutMs),
    clock,
    on,
    initial,
    store,
    quiet,
    isDeveloped: isDevelopment(),
    given,
  };
}

/** A longer delay overflows a timer, which would then fire at once. */
const longestTimerMs = 2 ** 31;

/**
 * @param fallbackCheck where not every value may answer in place of a refused call
 * @throws {TypeError | RangeError} naming the option, what came and what is expected
 */
export function resolveCallOptions<Value, Instead>(
  options: CallOptions<Value, Instead>,
  defaultTimeoutMs: number,
  fallbackCheck?: Check,
): ResolvedCallOptions<Value, Instead> {
  const own = checked(optionsOf.wrapper, anObject("options", options, optionNames));
  const {
    timeout = defaultTimeoutMs,
    slowAbort = timeout / 2,
    ignoreErrors = [],
    isFailure,
    fallback,
    fallbackOnFailure,
    argumentsInEvents = false,
    enabled = true,
  } = own as CallOptions<Value, Instead> & { readonly timeout?: number; readonly slowAbort?: number };
  if (fallback !== undefined) fallbackCheck?.("fallback", fallback);
  const mode =
    typeof enabled === "function"
      ? withDefault(enabled as (...args: readonly unknown[]) => Mode, true)
      : enabled;
  return {
    ...resolveCircuitOptions(options, timeout),
    deadline: timeout < longestTimerMs ? createDeadline(timeout) : undefined,
    timeoutMs: timeout,
    slowAbortMs: slowAbort,
    ignoreErrors,
    isFailure,
    fallback,
    fallbackOnFailure,
    argumentsInEvents,
    mode: isBuildPhase() ? false : typeof mode === "function" ? (args) => mode(...args) : mode,
  };
}
