import type { DispatchedCall } from "./dispatched-call.none.ts";

type Fetch = typeof globalThis.fetch;

/** What undici's fetch hands to a dispatcher: older lines of Node the first form, newer ones the second. */
interface Handler {
  onConnect?(abort: (reason?: unknown) => void): void;
  onError?(reason: unknown): void;
  onRequestStart?(controller: unknown, context: unknown): void;
  onResponseError?(controller: null, reason: unknown): void;
}

interface Dispatcher {
  readonly isMockActive?: boolean;
  dispatch(options: object, handler: Handler): boolean;
}

interface Scope {
  readonly [older]?: Dispatcher;
  readonly [newer]?: Dispatcher;
}
const older = Symbol.for("undici.globalDispatcher.1");
const newer = Symbol.for("undici.globalDispatcher.2");

/** The fetch that was looked at last, and whether it is Node's own: apps have one. */
let known: Fetch | undefined;
let isKnown = false;
/** Until a Node to come hands out handlers that cannot be told of an error by either name. */
let canEnd = true;

/**
 * Ends a call at its deadline without a signal, which costs more than the rest of a breaker: stands in `init` for its
 * dispatcher, keeps the handler that fetch hands to it, and passes all on.
 */
class KeptHandler implements DispatchedCall {
  private readonly own: Dispatcher | undefined;
  private handler: Handler | undefined = undefined;
  private reason: DOMException | undefined = undefined;

  constructor(own: Dispatcher | undefined) {
    this.own = own;
  }

  dispatch(options: object, handler: Handler): boolean {
    // Fetch comes with another one after each redirect, and may come for the first time when the deadline has passed.
    this.handler = handler;
    if (this.reason) {
      end(handler, this.reason);
      return true;
    }
    const { [older]: old, [newer]: young } = globalThis as Scope;
    return (this.own ?? (handler.onRequestStart && young ? young : old!)).dispatch(options, handler);
  }

  /** Fetch rejects, and closes the connection if there is one by now. */
  abort(reason: DOMException): void {
    this.reason = reason;
    if (this.handler) end(this.handler, reason);
  }
}

function end(handler: Handler, reason: DOMException): void {
  if (handler.onResponseError) handler.onResponseError(null, reason);
  else if (handler.onError) handler.onError(reason);
  // This call is left behind, and those that follow have a signal.
  else canEnd = false;
}

/**
 * Where fetch is Node's own and nothing lies between: a call that needs no signal. A fetch that something has patched
 * may answer without a dispatcher, choose one by itself, or share a request between callers that have more time; a
 * `Request` has a dispatcher that nobody can read; a mock of undici's wants to be asked by fetch itself. All these have
 * a signal. So has a call with a signal of the caller's: fetch leaves its listeners on that until it is collected, and
 * Node 20 warns of a hundred of them; they are for a signal of ours that follows it.
 */
export function dispatchedCall(
  fetch: Fetch,
  input: unknown,
  init: { readonly dispatcher?: Dispatcher; readonly signal?: unknown } | undefined,
): DispatchedCall | undefined {
  if (fetch !== known) {
    isKnown = isNodesOwn(fetch);
    known = fetch;
  }
  if (!isKnown || !canEnd || init?.signal || !(typeof input === "string" || input instanceof URL)) {
    return undefined;
  }
  const own = init?.dispatcher;
  const { [older]: old, [newer]: young } = globalThis as Scope;
  // Before the first fetch of the process there may be none.
  const isReady = own === undefined ? old && !old.isMockActive && !young?.isMockActive : isPlain(own);
  return isReady ? new KeptHandler(own) : undefined;
}

function isPlain(own: Dispatcher): boolean {
  return typeof own?.dispatch === "function" && !own.isMockActive;
}

/** By its source: it loads undici when it is first called. One of another realm has another global dispatcher. */
function isNodesOwn(fetch: Fetch): boolean {
  return (
    fetch instanceof Function &&
    /^(async )?function fetch\(input, init = undefined\) \{[^]*undici/i.test(
      Function.prototype.toString.call(fetch),
    )
  );
}
