import type { Deadline } from "../breaker/deadline.ts";
import { isRender, type RenderScope } from "../runtime/render-scope.ts";
import type { ProtectedInit } from "./protected-fetch-options.ts";
import { callersSignal, copyInit, following } from "./request-init.ts";
import { noteSentOut } from "./sandboxed-hit.ts";

/** A fetch that Next may have replaced by its own. */
export type Fetch = typeof globalThis.fetch & { readonly __nextPatched?: boolean };

/** One call on its way: what it was called with, and what Next was doing then. */
export interface FetchCall {
  readonly realFetch: Fetch;
  readonly input: RequestInfo | URL;
  readonly init: ProtectedInit | undefined;
  readonly scope: RenderScope | undefined;
}

/** Sends the request; a timeout aborts it, except in a render, where a signal would end Next's deduplication. */
export function send(
  { realFetch, input, init, scope }: FetchCall,
  deadline: Deadline | undefined,
  what: string,
  inSandbox: boolean,
): Promise<Response> {
  try {
    let copy = copyInit(init);
    if (isRender(scope) || (!deadline && !inSandbox)) {
      const sent = realFetch(input, copy);
      return deadline ? deadline(sent, what) : sent;
    }
    const controller = new AbortController();
    const signal = following(controller, callersSignal(input, copy));
    if (signal) (copy ??= {}).signal = signal;
    const fetchIt = (): Promise<Response> => realFetch(input, copy);
    const sent = inSandbox && signal ? noteSentOut(signal, fetchIt) : fetchIt();
    return deadline ? deadline(sent, what, (reason) => controller.abort(reason)) : sent;
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
