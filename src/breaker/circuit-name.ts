import { withDefault } from "../core/with-default.ts";
import { aName } from "../core/option.ts";
import { tellOnce } from "../runtime/environment.ts";
import type { Breaker } from "./breaker.ts";
import type { ResolvedCircuitOptions } from "./resolved-options.ts";
import { obtainBreaker } from "./obtain-breaker.ts";
import { tellTwoValues } from "./options-in-force.ts";
import { nextRank } from "./registry.ts";

export type CircuitName<Args extends readonly unknown[]> = string | ((...args: Args) => string);

/** @throws {TypeError} when the option is neither a name nor a function */
export function checkName<Name>(name: Name): Name {
  return aName("name", name);
}

/**
 * Finds breakers by name for one wrapper. Each breaker is given the wrapper's options once, so that two wrappers
 * of one circuit do not take turns. The last breaker is remembered: most wrappers have just one.
 */
export function breakerFinder(options: ResolvedCircuitOptions): (name: string) => Breaker {
  const given = new WeakSet<Breaker>();
  const rank = nextRank();
  let last: Breaker | undefined;
  return (name) => {
    // One that shares a circuit for want of room looks again each time.
    if (last?.name !== name || last.retired) last = obtainBreaker(name, options, rank, given);
    if (options.isDeveloped) tellTwoValues(last, options);
    return last;
  };
}

/** The name that a user's function gives to a call, or the default where it throws or gives none. */
export function nameFrom(name: () => unknown, byDefault: string): string {
  const given = withDefault(name, undefined)();
  if (typeof given === "string" && given !== "") return given;
  tellOnce(() => `[no-name] name() gave no name; "${byDefault}" was used instead.`);
  return byDefault;
}
