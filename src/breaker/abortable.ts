import { invalid } from "../core/option.ts";
import { isSignal, linkSignals } from "../runtime/link-signals.ts";

/** Not by a name that functions of others may have; the same in every copy of this module. */
export const begin = Symbol.for("next-protego/begin");

/** A function that wants a signal, as `protect` sees it. */
export interface Abortable<Args extends unknown[], Returned> {
  (...args: Args): Returned;
  /** Starts one call, and tells how to end it. */
  readonly [begin]?: (self: unknown, args: Args) => BegunCall<Returned>;
}

export interface BegunCall<Returned> {
  readonly returned: Returned;
  /** The caller's own, where it gave one. */
  readonly callersSignal: AbortSignal | undefined;
  readonly abort: (reason: unknown) => void;
}

/**
 * Gives a protected function a signal as its first argument, which its callers do not see. It aborts at the wrapper's
 * `timeout`, so that an SDK's call or a query stops with it, and with the signal of the caller: the last argument, if
 * that is an AbortSignal or an object with a `signal`. A caller's abort is not the upstream's failure (`slowAbort` says
 * when it is).
 *
 * @throws {TypeError} when it is no function
 * @example
 * const search = protect(
 *   abortable((signal, words: string) => client.search(words, { signal })),
 *   { name: "search", timeout: "2s" },
 * );
 * await search("shoes");
 */
export function abortable<Args extends unknown[], Returned>(
  fn: (signal: AbortSignal, ...args: Args) => Returned,
): (...args: Args) => Returned {
  if (typeof fn !== "function") throw invalid("abortable", fn, "a function that takes a signal");
  const start = (self: unknown, args: Args): BegunCall<Returned> => {
    const controller = new AbortController();
    const callersSignal = signalIn(args[args.length - 1]);
    const signal = linkSignals(controller, callersSignal) ?? controller.signal;
    return {
      returned: Reflect.apply(fn, self, [signal, ...args]) as Returned,
      callersSignal,
      abort: (reason) => controller.abort(reason),
    };
  };
  function called(this: unknown, ...args: Args): Returned {
    return start(this, args).returned;
  }
  return Object.defineProperties(called, { [begin]: { value: start }, name: { value: fn.name } });
}

function signalIn(last: unknown): AbortSignal | undefined {
  return [last, (Object(last) as { signal?: unknown }).signal].find(isSignal);
}
