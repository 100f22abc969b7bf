import { dispatchedCall } from "#dispatched-call";
import { linkSignals } from "../runtime/link-signals.ts";
import type { RenderScope } from "../runtime/render-scope.ts";
import { isRender, noteSentOut } from "#next-fetch";
import { hookBeneath } from "../runtime/hooked-fetch.ts";
import type { ProtectedInit } from "./protected-fetch-options.ts";
import { callersSignal, copyInit } from "./request-init.ts";

/** A fetch that Next may have replaced by its own. */
export type Fetch = typeof globalThis.fetch & { readonly __nextPatched?: boolean };

/** One call on its way: what it was called with, and what Next was doing then. */
export interface FetchCall {
  readonly realFetch: Fetch;
  readonly input: RequestInfo | URL;
  readonly init: ProtectedInit | undefined;
  readonly scope: RenderScope | undefined;
  /** Of a call whose caller may abort it. */
  startedMs?: number;
  /** Ends it, where that can be done. */
  controller?: { abort(reason: DOMException): void };
}

/**
 * Sends the request; a timeout ends it, except in a render, where a signal would end Next's deduplication. By a dispatcher
 * where that can be done, as it is cheaper; else by a signal.
 */
export function send(call: FetchCall, hasTimeout: boolean, inSandbox: boolean): Promise<Response> {
  const { realFetch, input, init, scope } = call;
  let copy = copyInit(init);
  if (isRender(scope) || (!hasTimeout && !inSandbox)) return sendPast(realFetch, input, copy);
  const dispatcher = dispatchedCall(realFetch, input, copy);
  if (dispatcher) {
    call.controller = dispatcher;
    (copy ??= {}).dispatcher = dispatcher;
    return sendPast(realFetch, input, copy);
  }
  const controller = (call.controller = new AbortController());
  const signal = linkSignals(controller, callersSignal(input, copy));
  if (signal) (copy ??= {}).signal = signal;
  return inSandbox && signal
    ? noteSentOut(signal, () => sendPast(realFetch, input, copy))
    : sendPast(realFetch, input, copy);
}

/** What lies beneath must not count the call again. Without a hook not even a closure is made. */
function sendPast(
  realFetch: Fetch,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const hook = hookBeneath();
  return hook ? hook.past(() => realFetch(input, init)) : realFetch(input, init);
}
