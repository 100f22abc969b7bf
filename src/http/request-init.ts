type WritableInit = RequestInit & { next?: object | undefined; protego?: unknown };

/**
 * A fresh copy of the caller's init for one attempt: Next writes into the one it gets. Fetch reads inherited
 * members too, and a `Request` given as init has no others.
 */
export function copyInit(init: WritableInit | undefined): WritableInit | undefined {
  if (typeof init !== "object" || init === null) return init;
  const copy: WritableInit & Record<string, unknown> = { ...init };
  if (Object.getPrototypeOf(init) !== Object.prototype) {
    for (const member in init) copy[member] = init[member as keyof WritableInit];
    Object.setPrototypeOf(copy, init!);
  }
  if (copy.next) copy.next = { ...copy.next };
  if (copy.protego) delete copy.protego;
  return copy;
}

/** The signal that fetch would obey: `null` in init takes away the one of the Request. */
export function callersSignal(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): AbortSignal | null | undefined {
  return init?.signal === undefined ? (input as Request).signal : init.signal;
}

/**
 * A signal that aborts with the controller and with the caller's signal, where there is one. `undefined` for
 * what is no signal: fetch shall say so itself.
 */
export function following(
  controller: AbortController,
  caller: AbortSignal | null | undefined,
): AbortSignal | undefined {
  if (!caller) return controller.signal;
  if (typeof caller.addEventListener !== "function") return undefined;
  // Missing in Next's edge sandbox.
  if (typeof AbortSignal.any === "function") return AbortSignal.any([caller, controller.signal]);
  const abort = (): void => controller.abort(caller.reason);
  if (caller.aborted) abort();
  else caller.addEventListener("abort", abort, { once: true });
  return controller.signal;
}
