/**
 * A signal that aborts with the controller and with the caller's signal, where there is one. `undefined` for
 * what is no signal: whoever is given it shall say so itself.
 */
export function linkSignals(
  controller: AbortController,
  caller: AbortSignal | null | undefined,
): AbortSignal | undefined {
  if (caller === undefined || caller === null) return controller.signal;
  if (!isSignal(caller)) return undefined;
  try {
    return AbortSignal.any([caller, controller.signal]);
  } catch {
    // Missing in Next's edge sandbox; elsewhere it refuses one of another realm, or of a polyfill.
  }
  const abort = (): void => controller.abort(caller.reason);
  if (caller.aborted) abort();
  else caller.addEventListener("abort", abort, { once: true });
  return controller.signal;
}

/** By its tag: it may come from another realm. In Vercel's edge runtime a signal has the tag of any target of events. */
export function isSignal(value: unknown): value is AbortSignal {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object AbortSignal]" || (tag === "[object EventTarget]" && "aborted" in (value as object));
}
