import { durationMs } from "../core/duration.ts";
import { aFunction, aName, anObject, type Check, invalid, syncFunction } from "../core/option.ts";
import { policyChecks, type PolicyOptions } from "../core/policy.ts";
import type { Clock } from "../runtime/clock.ts";
import type { CallOptions, CircuitOptions } from "./circuit-options.ts";
import type { SharedStore } from "./shared-store.ts";

/**
 * Whose option it is, and what checks it. What decides for the circuit is shared by all its wrappers: one that does not
 * mention an option leaves it alone, and of several that do the one made last holds. What is about a caller is each
 * wrapper's own.
 */
export const optionsOf = {
  /** The circuit's. `configure` changes them while it lives, and no wrapper undoes that. */
  policy: policyChecks,
  /** The circuit's, from its wrappers or from `register`. */
  circuit: { clock: aClock, initial: syncFunction, on: aFunction, quiet: aBoolean, store: aStore },
  wrapper: {
    enabled: aMode,
    fallback: anything,
    fallbackOnFailure: anything,
    fetch: aFunction,
    ignoreErrors: matchers,
    isFailure: aFunction,
    name: aName,
    refused: aFunction,
    slowAbort: timeoutMs,
    stale: staleAnswers,
    timeout: timeoutMs,
    watchBody: aFunction,
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
      throw new TypeError(`next-protego: "${option}" is an option of the wrapper, not of the circuit`);
    }
    if (command && option in optionsOf.circuit) {
      throw new TypeError(`next-protego: "${option}" cannot be changed by ${command}`);
    }
  }
}

function anything(_option: string, value: unknown): unknown {
  return value;
}

function aBoolean(option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(option, value, "true or false");
}

function aClock(option: string, clock: Clock): Clock {
  if (typeof clock?.now === "function") return clock;
  throw invalid(option, clock, "an object with a now() function");
}

function aStore(option: string, store: SharedStore): SharedStore {
  if (typeof store?.attach === "function") return store;
  throw invalid(option, store, "a shared store such as upstashStore()");
}

function staleAnswers(option: string, stale: { readonly recall?: unknown }): unknown {
  if (typeof stale?.recall === "function") return stale;
  throw invalid(option, stale, "staleIfError(…) of next-protego/options");
}

function matchers<Matcher>(option: string, value: readonly Matcher[]): readonly Matcher[] {
  if (!Array.isArray(value)) throw invalid(option, value, "an array");
  for (const matcher of value as Matcher[]) syncFunction(`${option}[]`, matcher);
  return value;
}

function timeoutMs(option: string, value: unknown): number {
  const ms = value === false ? Infinity : durationMs(value);
  if (ms) return ms;
  throw invalid(option, value, 'more than 0 ms, a duration such as "10s", or false');
}

function aMode(option: string, value: unknown): unknown {
  if (typeof value === "boolean" || value === "observe") return value;
  if (typeof value === "function") return syncFunction(option, value);
  throw invalid(option, value, 'a boolean, "observe" or a function');
}
