import { isControlFlow } from "../runtime/control-flow.ts";
import { pastHook } from "../runtime/hooked-fetch.ts";
import { copyInit } from "./request-init.ts";

/**
 * Whether Next served this response from its data cache: it then fixes `url` as an own property that cannot
 * be configured. Such an answer says nothing about the upstream.
 */
export function isCacheHit(response: Response): boolean {
  return Object.getOwnPropertyDescriptor(response, "url")?.configurable === false;
}

type CacheInit = RequestInit & { next?: { revalidate?: number | false } | undefined };

/** The data cache's answer while the circuit is open, or `undefined`. Nothing is sent. */
export async function cachedResponse(
  realFetch: typeof fetch,
  input: RequestInfo | URL,
  init: CacheInit | undefined,
  error: Error,
): Promise<Response | undefined> {
  const { cache, next, method = (input as Request).method ?? "GET" } = init ?? {};
  if (cache === "no-store" || next?.revalidate === 0) return undefined;
  if (cache !== "force-cache" && !next && method.toUpperCase() !== "GET") return undefined;
  return unsentResponse(realFetch, input, init, error);
}

/**
 * What Next makes of a call by itself, or `undefined` where it would send it. Nothing is sent: the signal is aborted, and
 * because Next drops signals when it refreshes a stale entry, the dispatcher refuses as well.
 *
 * @throws what Next throws for purposes of its own: that a prerender ends here
 */
export async function unsentResponse(
  realFetch: typeof fetch,
  input: RequestInfo | URL,
  init: CacheInit | undefined,
  error: Error,
): Promise<Response | undefined> {
  const dispatcher = {
    dispatch() {
      throw error;
    },
  };
  const { stack } = error;
  try {
    const signal = AbortSignal.abort(error);
    const request = input as Request;
    // Next makes a new Request of one before it sends it, and leaves the dispatcher out. It hands on what is in an init.
    const isRequest = request.url !== undefined;
    // The caller's own stays unread: there may be another attempt.
    const members = isRequest && copyInit((request.body ? request.clone() : request) as CacheInit);
    const unsent = { ...members, ...init, signal, dispatcher } as RequestInit;
    return await pastHook(() => realFetch(isRequest ? request.url : input, unsent));
  } catch (thrown) {
    // Node's fetch writes the stack of its signal's reason anew, and the caller's line would be gone.
    if (stack !== undefined) error.stack = stack;
    if (isControlFlow(thrown)) throw thrown;
    return undefined;
  }
}
