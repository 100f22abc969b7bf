type WritableInit = RequestInit & { next?: object | undefined; protego?: unknown; dispatcher?: unknown };

/** Members that fetch reads by name, Next's and the runtimes' own included. */
const members =
  "method headers body mode credentials cache redirect referrer referrerPolicy integrity keepalive signal duplex " +
  "priority window next dispatcher cf";

/**
 * A fresh copy of the caller's init for one attempt: Next writes into the one it gets. Fetch reads members by name,
 * wherever they come from, so an init that is no plain object is read that way too.
 */
export function copyInit(init: WritableInit | undefined): WritableInit | undefined {
  if (typeof init !== "object" || init === null) return init;
  const copy: WritableInit & Record<string, unknown> = { ...init };
  if (Object.getPrototypeOf(init) !== Object.prototype || isEmpty(copy)) {
    for (const member of members.split(" ")) {
      const value = init[member as keyof WritableInit];
      if (value !== undefined) copy[member] = value;
    }
  }
  if (copy.next) copy.next = { ...copy.next };
  if (copy.protego) delete copy.protego;
  return copy;
}

function isEmpty(copy: object): boolean {
  for (const _ in copy) return false;
  return true;
}

/** The signal that fetch would obey: `null` in init takes away the one of the Request. */
export function callersSignal(input: unknown, init: RequestInit | undefined): AbortSignal | null | undefined {
  const signal = init?.signal;
  return signal === undefined && is(input, "Request") ? (input as Request).signal : signal;
}

/** By its tag: on the edge the object may come from another realm, where `instanceof` does not know it. */
function is(value: unknown, kind: string): boolean {
  return typeof value === "object" && Object.prototype.toString.call(value) === `[object ${kind}]`;
}
