import type { Breaker } from "../breaker/breaker.ts";
import type { ResolvedCallOptions } from "../breaker/resolved-options.ts";
import { fallbackValue } from "../breaker/fallback.ts";
import { substituted } from "../breaker/substituted.ts";
import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { cachedResponse } from "#next-fetch";
import { statusOf } from "./failed-response.ts";
import type { FetchCall } from "./fetch-call.ts";
import { recall } from "./follow-up.ts";
import type { StaleResponses } from "./protected-fetch-options.ts";
import { callersSignal, copyInit } from "./request-init.ts";

/**
 * What a caller gets in place of a refused call: the end that it has asked for already; what Next's data cache has; the
 * last good answer; the fallback. `undefined` where there is none of these.
 */
export function fallbackFor(
  call: FetchCall,
  error: CircuitOpenError,
  breaker: Breaker,
  stale: StaleResponses | undefined,
  { fallback }: ResolvedCallOptions<Response, Response>,
): Promise<Response> | undefined {
  const { realFetch, input, init } = call;
  const signal = callersSignal(input, init);
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  const last = init?.protego?.fallback ?? fallback;
  return realFetch.__nextPatched || stale || last !== undefined ? firstOf() : undefined;

  async function firstOf(): Promise<Response> {
    const cached = realFetch.__nextPatched && (await cachedResponse(realFetch, input, copyInit(init), error));
    const kept = cached || recall(stale, call);
    if (!kept && last === undefined) throw error;
    const instead = kept || (await fallbackValue(last!, { error, args: [input, init] }));
    // What only says no in other words is no answer that a visitor can use.
    if (statusOf(instead, 0) < 400) substituted(breaker, cached ? "cache" : kept ? "stale" : "fallback");
    return instead;
  }
}
