/**
 * Whether Next served this response from its data cache: it then fixes `url` as an own property that cannot
 * be configured. Such an answer says nothing about the upstream.
 */
export function isCacheHit(response: Response): boolean {
  return Object.getOwnPropertyDescriptor(response, "url")?.configurable === false;
}

/** The data cache's answer while the circuit is open, or `undefined`. Sends nothing: the signal is aborted. */
export async function cachedAnswer(
  realFetch: typeof fetch,
  input: RequestInfo | URL,
  init: (RequestInit & { next?: { revalidate?: number | false; tags?: string[] } }) | undefined,
  error: Error,
): Promise<Response | undefined> {
  if (init?.cache === "no-store" || init?.next?.revalidate === 0) return undefined;
  const isExplicit = init?.cache === "force-cache" || init?.next !== undefined;
  const method = init?.method ?? (input as Request).method ?? "GET";
  if (!isExplicit && method.toUpperCase() !== "GET") return undefined;
  try {
    return await realFetch(input, { ...init, signal: AbortSignal.abort(error) });
  } catch {
    return undefined;
  }
}
