import { durationMs } from "../core/duration.ts";
import { aFunction, aName, anObject, type Check, having, invalid, syncFunction } from "../core/option.ts";
import { policyChecks } from "../core/policy.ts";
import type { PolicyOptions } from "../core/policy-options.ts";
import type { CallOptions, CircuitOptions } from "./circuit-options.ts";

/**
 * Whose option it is, and what checks it. What decides for the circuit is shared by all its wrappers: one that does not
 * mention an option leaves it alone, and of several that do the one made last holds. What is about a caller is each
 * wrapper's own.
 */
export const optionsOf = {
  /** The circuit's. `configure` changes them while it lives, and no wrapper undoes that. */
  policy: policyChecks,
  /** The circuit's, from its wrappers or from `register`. */
  circuit: {
    clock: having("now", "a clock"),
    initial: having("begin", "restoreFrom"),
    on: aFunction,
    quiet: aBoolean,
    store: having("attach", "a store"),
  },
  wrapper: {
    argumentsInEvents: aBoolean,
    enabled: aMode,
    fallback: anything,
    fallbackOnFailure: anything,
    fetch: aFunction,
    ignoreErrors: matchers,
    isFailure: aFunction,
    name: aName,
    refused: aFunction,
    slowAbort: timeoutMs,
    stale: having("recall", "staleIfError"),
    timeout: timeoutMs,
    watchBody: having("watch", "watchBody"),
  },
} satisfies {
  policy: object;
  circuit: Record<Exclude<keyof CircuitOptions, keyof PolicyOptions>, Check>;
  wrapper: Record<
    Exclude<keyof CallOptions<never, never>, keyof CircuitOptions> | OptionsOfSomeWrappers,
    Check
  >;
};

export const optionNames: readonly string[] = Object.values(optionsOf).flatMap(Object.keys);

type OptionsOfSomeWrappers = "fetch" | "name" | "refused" | "stale" | "watchBody";

/** Refuses options that are not the circuit's, or that `configure` cannot change. */
export function ofCircuit(options: object, command?: "configure"): void {
  anObject("options", options, optionNames);
  for (const option of Object.keys(options)) {
    if (option in optionsOf.wrapper) {
      throw new TypeError(
        `next-protego [bad-option] "${option}" is an option of the wrapper, not of the circuit`,
      );
    }
    if (command && option in optionsOf.circuit) {
      throw new TypeError(`next-protego [bad-option] "${option}" cannot be changed by ${command}`);
    }
  }
}

function anything(_option: string, value: unknown): unknown {
  return value;
}

function aBoolean(option: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : invalid(option, value, "true or false");
}

function matchers(option: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) invalid(option, value, "an array");
  for (const matcher of value) syncFunction(`${option}[]`, matcher);
  return value;
}

/** Milliseconds, `Infinity` for `false`. */
export function timeoutMs(option: string, value: unknown): number {
  return (value === false ? Infinity : durationMs(value)) || invalid(option, value, "a timeout");
}

function aMode(option: string, value: unknown): unknown {
  if (typeof value === "function") return syncFunction(option, value);
  return typeof value === "boolean" || value === "observe" ? value : invalid(option, value, "a mode");
}
