const members = [
  "method", "headers", "body", "mode", "credentials", "cache", "redirect", "referrer", "referrerPolicy",
  "integrity", "keepalive", "signal", "duplex", "priority", "window", "next", "cf", "dispatcher",
] as const; // prettier-ignore

type NextInit = RequestInit & { next?: object };

/**
 * A fresh copy of the caller's init for one attempt: Next writes into the one it gets. Fetch reads inherited
 * members too (a `Request` given as init has nothing else), so those are copied as well.
 */
export function copyInit(init: RequestInit | undefined | null): RequestInit | undefined {
  if (init === undefined || init === null || typeof init !== "object") return init as undefined;
  const prototype: unknown = Object.getPrototypeOf(init);
  const copy: NextInit = { ...init };
  if (prototype !== Object.prototype && prototype !== null) {
    const source = init as Record<string, unknown>;
    for (const member of members) {
      if (source[member] !== undefined) (copy as Record<string, unknown>)[member] = source[member];
    }
  }
  if (copy.next) copy.next = { ...copy.next };
  return copy;
}

/** A signal that aborts with the controller and with the caller's signal, where there is one. */
export function following(controller: AbortController, caller: AbortSignal | null | undefined): AbortSignal {
  if (!caller) return controller.signal;
  // Missing in Next's edge sandbox.
  if (typeof AbortSignal.any === "function") return AbortSignal.any([caller, controller.signal]);
  if (caller.aborted) controller.abort(caller.reason);
  else caller.addEventListener("abort", () => controller.abort(caller.reason), { once: true });
  return controller.signal;
}
