import { isCircuitOpenError } from "./circuit-open-error.ts";

/** Where libraries keep the error that theirs was made of: the language's own names, then those of GraphQL clients, Stripe and the AI SDK. */
const carriers = ["cause", "errors", "networkError", "originalError", "detail", "lastError"];

/** Errors can be linked in circles, and without end. */
const mostLinks = 50;

/**
 * The refusal of a circuit that this error is, or was made of: SDKs wrap what their `fetch` throws. Looks along
 * `cause`, `errors` and the names that libraries use in their place. Never throws.
 *
 * @returns `undefined` where there is none, or where the library cut the link
 * @example
 * const refusal = findCircuitOpenError(error);
 * if (refusal) return Response.json({ retryAfter: retryAfterSeconds(refusal) }, { status: 503 });
 */
export function findCircuitOpenError(error: unknown): (Error & { readonly digest: string }) | undefined {
  const found = new Set<unknown>([error]);
  for (const one of found) {
    if (found.size > mostLinks) return undefined;
    if (typeof one !== "object" || one === null) continue;
    try {
      if (isCircuitOpenError(one)) return one;
      if (Array.isArray(one)) for (const each of one.slice(0, mostLinks)) found.add(each);
      else for (const carrier of carriers) found.add((one as Record<string, unknown>)[carrier]);
    } catch {
      // A getter that throws, a revoked proxy: nothing more is to be learned here.
    }
  }
  return undefined;
}
