import { pastHook } from "../runtime/hooked-fetch.ts";

/**
 * Whether Next served this response from its data cache: it then fixes `url` as an own property that cannot
 * be configured. Such an answer says nothing about the upstream.
 */
export function isCacheHit(response: Response): boolean {
  return Object.getOwnPropertyDescriptor(response, "url")?.configurable === false;
}

type CacheInit = RequestInit & { next?: { revalidate?: number | false } | undefined };

/**
 * The data cache's answer while the circuit is open, or `undefined`. Nothing is sent: the signal is aborted, and
 * because Next drops signals when it refreshes a stale entry in the background, the dispatcher refuses as well.
 */
export async function cachedResponse(
  realFetch: typeof fetch,
  input: RequestInfo | URL,
  init: CacheInit | undefined,
  error: Error,
): Promise<Response | undefined> {
  const { cache, next, method = (input as Request).method ?? "GET" } = init ?? {};
  if (cache === "no-store" || next?.revalidate === 0) return undefined;
  if (cache !== "force-cache" && !next && method.toUpperCase() !== "GET") return undefined;
  const dispatcher = {
    dispatch() {
      throw error;
    },
  };
  const { stack } = error;
  try {
    const signal = AbortSignal.abort(error);
    return await pastHook(() => realFetch(input, { ...init, signal, dispatcher } as RequestInit));
  } catch {
    // Node's fetch writes the stack of its signal's reason anew, and the caller's line would be gone.
    if (stack !== undefined) error.stack = stack;
    return undefined;
  }
}
