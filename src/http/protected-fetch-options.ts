import type { AdmittedCall } from "../breaker/admitted-call.ts";
import type { CallOptions } from "../breaker/circuit-options.ts";
import type { Verdict } from "../core/verdict.ts";
import type { FetchTarget } from "./circuit-of-request.ts";

export interface ProtectedFetchOptions extends CallOptions<Response, Response> {
  /**
   * The circuit's name, or a function that names the circuit of a request.
   *
   * @default the origin of the URL
   */
  name?: string | ((request: FetchTarget) => string) | undefined;
  /** The fetch to protect. By default `globalThis.fetch`, looked up at each call: Next replaces it late. */
  fetch?: typeof fetch | undefined;
  /** Counts bodies that fail or stall after good headers: `watchBody` of `next-protego/options`. */
  watchBody?: BodyWatch | undefined;
  /** Serves the last good answer while the upstream is down: `staleIfError` of `next-protego/options`. */
  stale?: StaleResponses | undefined;
}

/** Watches a body until its end without changing what the caller reads. */
export interface BodyWatch {
  /**
   * The response to hand on in its place. The call is settled when its body is over, or nobody reads it.
   *
   * @param judge the verdict on what a body breaks with
   */
  readonly watch: (
    call: AdmittedCall,
    response: Response,
    judge: (error: unknown) => Verdict | Promise<Verdict>,
  ) => Response;
}

/** Remembers good answers, and gives them back marked as stale. */
export interface StaleResponses {
  /** The response to hand on in its place: it is kept while the caller reads. */
  remember(input: string | URL | Request, init: RequestInit | undefined, response: Response): Response;
  /** `sent`: how the call ended that it stands in for, where one was sent. */
  recall(
    input: string | URL | Request,
    init: RequestInit | undefined,
    sent?: { readonly status?: number | undefined },
  ): Response | undefined;
  /** Told of each wrapper that is made with it: the fetch that the app gave, if any. Throws where it may not serve it. */
  guards?(injected: typeof fetch | undefined): void;
}

/** One call's own way, given as `init.protego`. */
export interface CallOverride {
  /** In place of the wrapper's fallback. */
  fallback?: CallOptions<Response, Response>["fallback"];
  /** False: this call goes past the circuit. */
  enabled?: boolean;
  /** False: this call's answer is not kept, and none is served in its place. */
  stale?: boolean;
}

export type ProtectedInit = RequestInit & { protego?: CallOverride };

/** `fetch`, and with `init.protego` a little more. */
export type ProtectedFetch = typeof fetch & {
  (input: string | URL | Request, init?: ProtectedInit): Promise<Response>;
};
