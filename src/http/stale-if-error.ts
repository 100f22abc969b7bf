import { type Duration, durationMs } from "../core/duration.ts";
import { withDefault } from "../core/with-default.ts";
import { anObject, count, invalid, syncFunction } from "../core/option.ts";
import { monotonicClock } from "../runtime/clock.ts";
import { responseMemory } from "./response-memory.ts";
import { bodyCopy } from "./body-copy.ts";
import { changes, limitsOf, mayServe, mayBeKept } from "./cache-policy.ts";
import { followedBody } from "./followed-body.ts";
import { headOf, markedResponse, weightOf } from "./kept-response.ts";
import type { StaleResponses } from "./protected-fetch-options.ts";
import { type AskedFor, askedFor } from "./shared-request.ts";

export interface StaleOptions {
  /**
   * How long ago an answer may have come that is still served. What the upstream or the caller says by `stale-if-error`
   * holds where it is shorter.
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
   * Bytes of all that is held: bodies, URLs, headers, and bodies that are being read, which may take one half. One answer
   * may take a quarter.
   *
   * @default 5_000_000
   */
  maxBytes?: number | undefined;
  /**
   * Which answer a request may get: requests of one key share one. By default the URL, and nothing for requests with
   * anything that may tell one user from another: headers other than `Accept`, `Accept-*`, `Cache-Control`,
   * `Content-Type`, `Pragma`, `Traceparent` and `User-Agent`, credentials in the URL, cookies, a `dispatcher`; nor for
   * answers that were redirected. `undefined` for: none. Required beside `fetch`: what that adds to a request is not seen.
   */
  key?: ((request: Request) => string | undefined) | undefined;
}

/**
 * Keeps the last good answer of each GET and serves it while the upstream fails or its circuit is open: stale-if-error of
 * RFC 5861 in a shared cache by RFC 9111, in the memory of this isolate. Kept are answers of 200, once their caller has
 * read them to the end, as far as the upstream and the caller allow: never with `no-store`, `private`, `no-cache`,
 * `Set-Cookie` or `Vary: *`, and no longer than fresh with `must-revalidate`, `proxy-revalidate` or `s-maxage`. Served to
 * requests whose headers are the same that `Vary` names, and to none with `cache: "no-store"`, `"reload"` or `"no-cache"`,
 * `next: { revalidate: 0 }`, `Range` or a condition. A kept answer says so: `Age`, `Cache-Status` (RFC 9211) and
 * `Protego-Stale: 1`. Never served in a prerender, where Next would cache it as fresh.
 *
 * @throws {TypeError | RangeError} for a bad option; without `key`, when it is given to a wrapper of an injected `fetch`
 * @example
 * createProtectedFetch({ stale: staleIfError({ maxAge: "1h" }) });
 */
export function staleIfError(options: StaleOptions = {}): StaleResponses {
  const known = ["maxAge", "maxEntries", "maxBytes", "key"];
  const maxAgeMs = durationMs(anObject("stale", options, known).maxAge ?? "10m");
  if (!maxAgeMs) throw invalid("stale.maxAge", options.maxAge, 'more than 0 ms, or a duration such as "10m"');
  const maxEntries = count("stale.maxEntries", options.maxEntries, 100);
  const maxBytes = count("stale.maxBytes", options.maxBytes, 5_000_000);
  const ownKey = options.key && withDefault(syncFunction("stale.key", options.key), undefined);
  const memory = responseMemory(maxEntries, maxBytes);

  function keyOf({ request, url, isAnonymous }: AskedFor): string | undefined {
    if (!ownKey) return isAnonymous ? url : undefined;
    const key: unknown = ownKey(request);
    return typeof key === "string" ? key : undefined;
  }

  return {
    guards(injected) {
      if (ownKey || !injected || injected === globalThis.fetch) return;
      throw invalid(
        "stale.key",
        undefined,
        "a function beside an injected `fetch`, which may add what tells users apart: `key: ({ url }) => url` if it adds nothing",
      );
    },

    remember(input, init, response) {
      const asked = askedFor(input, init);
      if (!asked || !isResponse(response)) return response;
      const { request, url, cache } = asked;
      if (request.method !== "GET") {
        if (changes(request.method, response.status)) memory.forgetUrl(url);
        return response;
      }
      const key = mayBeKept(request.headers, cache) ? keyOf(asked) : undefined;
      if (key === undefined) return response;
      // Of a redirect on the way nobody sees what it forbids, nor what it varies by.
      const isKnown = ownKey !== undefined || !response.redirected;
      const nowMs = monotonicClock.now();
      const head = isKnown ? headOf(key, url, request.headers, response, nowMs) : undefined;
      const headBytes = head ? weightOf(head) : Infinity;
      const mostBytes = maxBytes / 4 - headBytes;
      if (!head || mostBytes < 0) {
        // A good answer that may not be kept, a 404 or one with a cookie, takes the place of the last one all the same.
        const last = memory.responseFor(key, request.headers);
        if (last) memory.forget(last);
        return response;
      }
      const copy = bodyCopy(memory, headBytes, mostBytes);
      return followedBody(response, {
        part: (bytes) => copy.add(bytes, monotonicClock.now()),
        whole() {
          const body = copy.finish();
          if (body) memory.keepNewer({ ...head, body, bytes: headBytes + body.byteLength });
        },
        left: () => copy.drop(),
        broken: () => copy.drop(),
      });
    },

    recall(input, init, sent) {
      const asked = askedFor(input, init);
      if (asked?.request.method !== "GET") return undefined;
      const { request, cache } = asked;
      const limits = limitsOf(request.headers, cache);
      const key = limits && keyOf(asked);
      const kept = key === undefined ? undefined : memory.responseFor(key, request.headers);
      if (!kept) return undefined;
      const keptMs = monotonicClock.now() - kept.atMs;
      if (keptMs > maxAgeMs) {
        memory.forget(kept);
        return undefined;
      }
      const keptSeconds = keptMs / 1000;
      return mayServe(kept.lifetime, limits!, keptSeconds)
        ? markedResponse(kept, keptSeconds, sent)
        : undefined;
    },
  };
}

/** Tests answer with all sorts of things. */
function isResponse(value: Partial<Response> | undefined): boolean {
  return typeof value?.headers?.get === "function";
}
