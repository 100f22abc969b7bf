import type { ResolvedCallOptions } from "../breaker/circuit-options.ts";
import { fallbackValue } from "../breaker/fallback.ts";
import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { cachedResponse } from "#next-fetch";
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
  stale: StaleResponses | undefined,
  { fallback }: ResolvedCallOptions<Response, Response>,
): Promise<Response> | undefined {
  const { realFetch, input, init } = call;
  const signal = callersSignal(input, init);
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  const last = init?.protego?.fallback ?? fallback;
  if (!realFetch.__nextPatched && !stale && last === undefined) return undefined;
  return firstOf(call, error, stale, last);
}

async function firstOf(
  call: FetchCall,
  error: CircuitOpenError,
  stale: StaleResponses | undefined,
  last: ResolvedCallOptions<Response, Response>["fallback"],
): Promise<Response> {
  const { realFetch, input, init } = call;
  const cached = realFetch.__nextPatched && (await cachedResponse(realFetch, input, copyInit(init), error));
  const instead = cached || recall(stale, call);
  if (instead) return instead;
  if (last === undefined) throw error;
  return fallbackValue(last, { error, args: [input, init] });
}
