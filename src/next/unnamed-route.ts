import type { Breaker } from "../breaker/breaker.ts";
import { liveBreaker } from "../breaker/registry.ts";
import { shortHash } from "../breaker/short-hash.ts";
import { type CallSite, placeOf } from "../runtime/call-site.ts";
import { tellOnce } from "../runtime/environment.ts";
import { routeName } from "./route-name.ts";

/** The circuits whose names were guessed, each with the text of the handler that has it. */
const handlers = new WeakMap<Breaker, string>();

/**
 * Finds the circuits of a handler without a name. Where the name can only be guessed, another handler may have taken it: then this one has
 * its own, by its text, which is the same in all isolates, and in all wrappers that are made of it for one request each.
 *
 * @param wrappedAt where the handler was wrapped, if that is known
 */
export function unnamedRoute(
  handler: Function,
  find: (name: string) => Breaker,
  wrappedAt: CallSite | undefined,
): (args: readonly unknown[]) => Breaker {
  let source: string | undefined;
  return (args) => {
    const [guess, isGuessed] = routeName(args);
    if (!isGuessed) return find(guess);
    source ??= handler.name + String(handler);
    const found = liveBreaker(guess);
    const isTaken = found && (handlers.get(found) ?? source) !== source;
    const name = isTaken ? `${guess} ${shortHash(source)}` : guess;
    const breaker = find(name);
    handlers.set(breaker, source);
    tellOnce(() => {
      const taken = isTaken ? `, "${guess}" is taken` : "";
      return `[route-name] unknown pattern: circuit "${name}"${taken}. Write withProtego(handler, { name: "${guess}" })${placeOf(wrappedAt)}`;
    });
    return breaker;
  };
}
