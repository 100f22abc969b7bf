import { type Duration, durationMs } from "../core/duration.ts";
import { asked } from "../core/asked.ts";
import { anObject, count, invalid, syncFunction } from "../core/option.ts";
import { monotonicClock } from "../runtime/clock.ts";
import { asFetched } from "./as-fetched.ts";
import { followedBody } from "./followed-body.ts";
import type { StaleAnswers } from "./protected-fetch-options.ts";

export interface StaleOptions {
  /**
   * How old an answer may be that is still served.
   *
   * @default "10m"
   */
  maxAge?: Duration | undefined;
  /**
   * Answers kept. Of more the one goes that was good the longest ago.
   *
   * @default 100
   */
  maxEntries?: number | undefined;
  /**
   * Bytes of all bodies together. One answer may take a quarter of them.
   *
   * @default 5_000_000
   */
  maxBytes?: number | undefined;
  /**
   * Which answer a request may get: requests of one key share one. By default the URL, and nothing for requests that
   * carry `Authorization` or `Cookie`. `undefined` for: none.
   */
  key?: ((request: Request) => string | undefined) | undefined;
}

interface Entry {
  readonly response: Pick<Response, "status" | "statusText" | "headers" | "url" | "redirected" | "type">;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly at: number;
}

/**
 * Keeps the last good answer of each GET and serves it while the upstream fails or its circuit is open: stale-if-error of
 * RFC 5861, in the memory of this isolate. Kept are answers of 200 that neither forbid it (`no-store`, `private`) nor
 * vary by more than their encoding, once their caller has read them to the end. A stale answer says so: `Age` (RFC 9111 §5.1) and `Protego-Stale: 1`. Never served
 * in a prerender, where Next would cache it as fresh.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * createProtectedFetch({ stale: staleIfError({ maxAge: "1h" }) });
 */
export function staleIfError(options: StaleOptions = {}): StaleAnswers {
  const maxAgeMs = durationMs(anObject("stale", options).maxAge ?? "10m");
  if (!maxAgeMs) throw invalid("stale.maxAge", options.maxAge, 'more than 0 ms, or a duration such as "10m"');
  const maxEntries = count("stale.maxEntries", options.maxEntries, 100);
  const maxBytes = count("stale.maxBytes", options.maxBytes, 5_000_000);
  const keyOf = asked(syncFunction("stale.key", options.key) ?? byUrl, undefined);
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function forget(key: string): void {
    bytes -= entries.get(key)?.body.byteLength ?? 0;
    entries.delete(key);
  }

  function keep(key: string, entry: Entry): void {
    if ((entries.get(key)?.at ?? -Infinity) > entry.at) return;
    forget(key);
    entries.set(key, entry);
    bytes += entry.body.byteLength;
    for (const [oldest] of entries) {
      if (entries.size <= maxEntries && bytes <= maxBytes) break;
      forget(oldest);
    }
  }

  return {
    remember(input, init, response) {
      const key = keyOfCall(input, init, keyOf);
      if (key === undefined || !mayBeKept(response, maxBytes / 4)) return response;
      const at = monotonicClock.now();
      const parts: Uint8Array[] = [];
      let size = 0;
      return followedBody(response, {
        part(bytes) {
          size += bytes.byteLength;
          if (size <= maxBytes / 4) parts.push(bytes.slice()); // the reader may do with its own what it likes
          else parts.length = 0;
        },
        whole() {
          // No number, where a stream of one's own gave what are no bytes.
          if (!(size <= maxBytes / 4)) return;
          const { status, statusText, headers, url, redirected, type } = response;
          const kept = { status, statusText, headers, url, redirected, type };
          keep(key, { response: kept, body: joined(parts, size), at });
        },
      });
    },
    recall(input, init) {
      const key = keyOfCall(input, init, keyOf);
      const entry = key === undefined ? undefined : entries.get(key);
      if (!entry) return undefined;
      const ageMs = monotonicClock.now() - entry.at;
      if (ageMs > maxAgeMs) {
        forget(key!);
        return undefined;
      }
      const headers = new Headers(entry.response.headers);
      // The copy is decoded, and whole.
      for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
      headers.set("age", String(Math.floor(Number(headers.get("age") ?? 0) + ageMs / 1000)));
      headers.set("protego-stale", "1");
      const { status, statusText } = entry.response;
      return asFetched(new Response(entry.body, { status, statusText, headers }), entry.response);
    },
  };
}

/** The key of a GET for a whole answer, where it may share one. */
function keyOfCall(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  keyOf: (request: Request) => string | undefined,
): string | undefined {
  try {
    const request = new Request(input instanceof Request ? input.url : input, {
      method: init?.method ?? (input as Request).method ?? "GET",
      headers: init?.headers ?? (input as Request).headers ?? {},
    });
    const isWhole = request.method === "GET" && !request.headers.has("range");
    const key = isWhole ? keyOf(request) : undefined;
    return typeof key === "string" ? key : undefined;
  } catch {
    return undefined;
  }
}

function byUrl({ url, headers }: Request): string | undefined {
  return headers.has("authorization") || headers.has("cookie") ? undefined : url;
}

function mayBeKept({ status, headers, body }: Response, mostBytes: number): boolean {
  const vary = headers.get("vary")?.toLowerCase().trim();
  return (
    status === 200 &&
    body !== null &&
    !/\b(?:no-store|private)\b/i.test(headers.get("cache-control") ?? "") &&
    (vary === undefined || vary === "" || vary === "accept-encoding") &&
    !headers.has("set-cookie") &&
    !(Number(headers.get("content-length")) > mostBytes)
  );
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
