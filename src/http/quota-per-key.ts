import type { IsFailure } from "../breaker/circuit-options.ts";
import { durationMs, type Duration } from "../core/duration.ts";
import { anObject, count, invalid, syncFunction } from "../core/option.ts";
import { type Clock, monotonicClock } from "../runtime/clock.ts";
import { type FetchTarget, targetOf } from "./circuit-of-request.ts";
import { statusOf } from "./failed-response.ts";
import { problemBody, retryAfterHeader } from "./problem.ts";
import type { ProtectedFetch, ProtectedInit } from "./protected-fetch-options.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface QuotaOptions {
  /** Whose quota a request draws on: its API key, its tenant. For nothing, or 512 characters and more, the app's own. */
  key: (request: FetchTarget) => string | null | undefined;
  /**
   * Keys that are remembered. The one that has waited for longest goes first.
   *
   * @default 1000
   */
  maxKeys?: number | undefined;
  /**
   * A longer `Retry-After` is cut down to this.
   *
   * @default "10m"
   */
  maxRetryAfter?: Duration | undefined;
  /** For tests. */
  clock?: Clock | undefined;
}

export interface QuotaPerKey {
  /** Around a protected fetch, or any other: what is asked with a key that has to wait is answered 429, and not sent. */
  around(fetch: ProtectedFetch): ProtectedFetch;
  /** For the protected fetch within: a 429 of a key's own quota says nothing about the upstream. */
  readonly isFailure: IsFailure<Response>;
}

const longestKey = 512;

/**
 * Keeps the quota of one key from the others. An upstream that counts calls by API key answers 429 with `Retry-After` to
 * the one that has called too often: by the defaults that counts against the upstream, and its `Retry-After` holds the
 * circuit open for everybody. With this the circuit does not count it, and further calls with that key, and no others,
 * are answered 429 with the time that remains, without being sent, until it is over.
 *
 * A 429 without `Retry-After`, or of a call without a key, counts as ever. Nothing is shared between processes.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * const quota = quotaPerKey({ key: ({ headers }) => headers.get("x-api-key") });
 * const fetch = quota.around(createProtectedFetch({ name: "maps", isFailure: quota.isFailure }));
 */
export function quotaPerKey(options: QuotaOptions): QuotaPerKey {
  const known = ["key", "maxKeys", "maxRetryAfter", "clock"];
  const { maxRetryAfter = "10m", clock = monotonicClock, ...rest } = anObject("quotaPerKey", options, known);
  const nameOf = syncFunction("quotaPerKey.key", rest.key);
  const maxKeys = count("quotaPerKey.maxKeys", rest.maxKeys, 1000);
  const longestMs = durationMs(maxRetryAfter);
  if (!longestMs) throw invalid("quotaPerKey.maxRetryAfter", maxRetryAfter, "more than 0");
  /** When each may call again. The one that was told longest ago comes first. */
  const waiting = new Map<string, number>();

  function keyOf(input: RequestInfo | URL, init: RequestInit | undefined): string | undefined {
    try {
      const target = targetOf(input, init);
      const key = target && nameOf(target);
      return typeof key === "string" && key !== "" && key.length < longestKey ? key : undefined;
    } catch {
      return undefined; // what cannot be read is nobody's
    }
  }

  function remember(key: string, waitMs: number): void {
    waiting.delete(key);
    waiting.set(key, clock.now() + waitMs);
    if (waiting.size > maxKeys) waiting.delete(waiting.keys().next().value!);
  }

  function leftMs(key: string): number {
    const ms = (waiting.get(key) ?? 0) - clock.now();
    if (ms <= 0) waiting.delete(key);
    return ms;
  }

  return {
    around(fetch) {
      async function limited(input: RequestInfo | URL, init?: ProtectedInit): Promise<Response> {
        const key = keyOf(input, init);
        if (key === undefined) return fetch(input, init);
        const ms = leftMs(key);
        if (ms > 0) return tooMany(ms);
        const response = await fetch(input, init);
        const waitMs = ownWaitMs(response);
        if (waitMs > 0) remember(key, Math.min(waitMs, longestMs!));
        return response;
      }
      return Object.defineProperties(limited, {
        name: { value: "fetch", configurable: true },
        length: { value: 1, configurable: true },
      });
    },
    isFailure(outcome, byDefault, [input, init]) {
      if (!byDefault || !("value" in outcome) || ownWaitMs(outcome.value) === 0) return byDefault;
      return keyOf(input as RequestInfo | URL, init as RequestInit | undefined) === undefined;
    },
  };
}

/** How long a 429 asks its caller to wait; 0 for what is none. */
function ownWaitMs(response: Response | undefined): number {
  if (statusOf(response, 0) !== 429) return 0;
  try {
    return retryAfterMs(response!.headers) ?? 0;
  } catch {
    return 0; // of a mock
  }
}

function tooMany(ms: number): Response {
  const title = "Too Many Requests";
  return new Response(problemBody(429, title), {
    status: 429,
    statusText: title,
    headers: {
      ...retryAfterHeader(ms),
      "cache-control": "no-store",
      "content-type": "application/problem+json",
    },
  });
}
