import type { ResolvedCallOptions } from "../breaker/circuit-options.ts";
import { answerInstead } from "../breaker/fallback.ts";
import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { isCached } from "../runtime/render-scope.ts";
import { cachedAnswer } from "./data-cache.ts";
import type { FetchCall } from "./fetch-call.ts";
import type { StaleAnswers } from "./protected-fetch-options.ts";
import { copyInit } from "./request-init.ts";

/** What a caller gets in place of an answer of the upstream's. */
export interface Substitutes {
  /** Keeps a good answer for later. The response to hand on in its place. */
  keep(call: FetchCall, response: Response): Response;
  /** The last good answer, in place of a failure. `sent`: how the call ended, where one was sent. */
  recall(call: FetchCall, sent?: { readonly status?: number }): Response | undefined;
  /** An open circuit still lets Next's data cache answer; then what is kept, the fallback; then it throws. */
  refused(call: FetchCall, error: CircuitOpenError): Promise<Response>;
}

export function createSubstitutes(
  stale: StaleAnswers | undefined,
  fallback: ResolvedCallOptions<Response, Response>["fallback"],
): Substitutes {
  const memoryOf = ({ init }: FetchCall): StaleAnswers | undefined =>
    init?.protego?.stale === false ? undefined : stale;

  const recall: Substitutes["recall"] = (call, sent) =>
    isCached(call.scope) ? undefined : memoryOf(call)?.recall(call.input, call.init, sent);

  return {
    keep: (call, response) => memoryOf(call)?.remember(call.input, call.init, response) ?? response,
    recall,
    async refused(call, error) {
      const { realFetch, input, init, scope } = call;
      // What a prerender returns is cached over good data; what it throws is not.
      if (isCached(scope)) throw error;
      const cached = realFetch.__nextPatched && (await cachedAnswer(realFetch, input, copyInit(init), error));
      const instead = cached || recall(call);
      if (instead) return instead;
      const last = init?.protego?.fallback ?? fallback;
      if (last === undefined) throw error;
      return answerInstead(last, { error, args: [input, init] });
    },
  };
}
