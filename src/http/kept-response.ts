import { asFetched, type Fetched } from "./as-fetched.ts";
import type { Weighed } from "./bounded-memory.ts";
import { type Lifetime, lifetimeOf, timeToLiveSeconds, variantOf } from "./cache-policy.ts";

/** An answer without its body. */
export interface ResponseHead {
  readonly key: string;
  /** The URL that was asked for. */
  readonly asked: string;
  readonly vary: string;
  readonly variant: string;
  readonly lifetime: Lifetime;
  readonly atMs: number;
  readonly status: number;
  readonly statusText: string;
  readonly headers: ReadonlyArray<[string, string]>;
  readonly fetched: Fetched;
}

export interface KeptResponse extends ResponseHead, Weighed {
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Where the call that a kept answer stands in for ended. */
export interface SentCall {
  /** The upstream's status, where it answered. */
  readonly status?: number | undefined;
}

/** What belongs to one connection (RFC 9111 §3.1), what is not true of a decoded and whole copy, what is obsolete. */
const notKept =
  "connection keep-alive proxy-authenticate proxy-authentication-info proxy-authorization proxy-connection te trailer " +
  "transfer-encoding upgrade content-encoding content-length warning";

/** `undefined` for an answer that may not be kept. */
export function headOf(
  key: string,
  asked: string,
  requestHeaders: Headers,
  response: Response,
  atMs: number,
): ResponseHead | undefined {
  const { status, statusText, headers, url, redirected, type, body } = response;
  if (status !== 200 || typeof body?.getReader !== "function" || headers.has("set-cookie")) return undefined;
  const vary = headers.get("vary") ?? "";
  const variant = variantOf(vary, requestHeaders);
  const lifetime = lifetimeOf(headers);
  if (variant === undefined || !lifetime) return undefined;
  const fetched = { url, redirected, type };
  const kept = headersToKeep(headers);
  return { key, asked, vary, variant, lifetime, atMs, status, statusText, headers: kept, fetched };
}

function headersToKeep(headers: Headers): Array<[string, string]> {
  const copy = new Headers(headers);
  const named = (copy.get("connection") ?? "").split(",").map((name) => name.trim());
  for (const name of [...notKept.split(" "), ...named]) if (/^[\w-]+$/.test(name)) copy.delete(name);
  return [...copy];
}

/** What a kept answer costs besides its text: objects, places in maps. Measured in V8, rounded up. */
const entryBytes = 1500;
const headerBytes = 150;

/** The weight of an answer without its body. Text is taken at two bytes a character, its worst. */
export function weightOf({ key, asked, vary, variant, statusText, headers, fetched }: ResponseHead): number {
  let characters =
    key.length + asked.length + vary.length + variant.length + statusText.length + fetched.url.length;
  for (const [name, value] of headers) characters += name.length + value.length;
  return entryBytes + headerBytes * headers.length + 2 * characters;
}

/**
 * The answer, as fetch would give it, and marked: `Age` (RFC 9111 §5.1), `Cache-Status` (RFC 9211), `Protego-Stale`.
 *
 * @param sent where the request went to the upstream first
 */
export function markedResponse(
  kept: KeptResponse,
  keptSeconds: number,
  sent: SentCall | undefined,
): Response {
  const { lifetime, status, statusText } = kept;
  const headers = new Headers(kept.headers as Array<[string, string]>);
  headers.set("age", String(Math.floor(lifetime.ageSeconds + keptSeconds)));
  headers.append("cache-status", cacheStatus(timeToLiveSeconds(lifetime, keptSeconds), sent));
  headers.set("protego-stale", "1");
  return asFetched(new Response(kept.body, { status, statusText, headers }), kept.fetched);
}

function cacheStatus(ttlSeconds: number, sent: SentCall | undefined): string {
  const ttl = `ttl=${Math.floor(ttlSeconds)}`;
  if (!sent) return `next-protego; hit; ${ttl}`;
  // Every call goes to the upstream first; a fresh answer was passed over on the way there.
  const why = ttlSeconds > 0 ? "bypass" : "stale";
  return `next-protego; fwd=${why}${sent.status ? `; fwd-status=${sent.status}` : ""}; ${ttl}`;
}
