import { linkSignals } from "../runtime/link-signals.ts";
import { isRender, type RenderScope } from "../runtime/render-scope.ts";
import { pastHook } from "../runtime/hooked-fetch.ts";
import type { ProtectedInit } from "./protected-fetch-options.ts";
import { callersSignal, copyInit } from "./request-init.ts";
import { noteSentOut } from "./sandboxed-hit.ts";

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
  controller?: AbortController;
}

/** Sends the request; a timeout aborts it, except in a render, where a signal would end Next's deduplication. */
export function send(call: FetchCall, hasTimeout: boolean, inSandbox: boolean): Promise<Response> {
  const { realFetch, input, init, scope } = call;
  let copy = copyInit(init);
  if (isRender(scope) || (!hasTimeout && !inSandbox)) return pastHook(() => realFetch(input, copy));
  call.controller = new AbortController();
  const signal = linkSignals(call.controller, callersSignal(input, copy));
  if (signal) (copy ??= {}).signal = signal;
  const fetchIt = (): Promise<Response> => pastHook(() => realFetch(input, copy));
  return inSandbox && signal ? noteSentOut(signal, fetchIt) : fetchIt();
}
