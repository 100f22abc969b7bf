import type { ResolvedCallOptions } from "../breaker/circuit-options.ts";
import { answerInstead } from "../breaker/fallback.ts";
import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { cachedAnswer } from "#next-fetch";
import type { FetchCall } from "./fetch-call.ts";
import { recall } from "./follow-up.ts";
import type { StaleAnswers } from "./protected-fetch-options.ts";
import { callersSignal, copyInit } from "./request-init.ts";

/**
 * What a caller gets in place of a refused call: the end that it has asked for already; what Next's data cache has; the
 * last good answer; the fallback. `undefined` where there is none of these.
 */
export function fallbackFor(
  call: FetchCall,
  error: CircuitOpenError,
  stale: StaleAnswers | undefined,
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
  stale: StaleAnswers | undefined,
  last: ResolvedCallOptions<Response, Response>["fallback"],
): Promise<Response> {
  const { realFetch, input, init } = call;
  const cached = realFetch.__nextPatched && (await cachedAnswer(realFetch, input, copyInit(init), error));
  const instead = cached || recall(stale, call);
  if (instead) return instead;
  if (last === undefined) throw error;
  return answerInstead(last, { error, args: [input, init] });
}
