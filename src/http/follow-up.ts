import { settleCall } from "../breaker/settle-call.ts";
import type { ResolvedCallOptions } from "../breaker/resolved-options.ts";
import { fallbackValue } from "../breaker/fallback.ts";
import type { FollowUp } from "../breaker/call-kind.ts";
import { substituted } from "../breaker/substituted.ts";
import { inWords } from "../core/in-words.ts";
import { tellOnce } from "../runtime/environment.ts";
import { isCached } from "../runtime/render-scope.ts";
import { statusOf } from "./failed-response.ts";
import type { FetchCall } from "./fetch-call.ts";
import { judgeBrokenBody } from "./judge-fetch.ts";
import type { BodyWatch, StaleResponses } from "./protected-fetch-options.ts";

type Options = ResolvedCallOptions<Response, Response>;

/** What goes on after a fetch has its headers: a body that is watched, an answer that is kept, or one in its place. */
export function fetchFollowUp(
  options: Options,
  stale: StaleResponses | undefined,
  watchBody: BodyWatch | undefined,
): FollowUp<FetchCall, Response> | undefined {
  const { fallbackOnFailure } = options;
  if (!stale && !watchBody && fallbackOnFailure === undefined) return undefined;

  return {
    succeeded(fetchCall, response, call) {
      const { input, init } = fetchCall;
      let handed = response;
      try {
        if (init?.protego?.stale !== false) handed = stale?.remember(input, init, response) || response;
        if (watchBody && handed.body) {
          return watchBody.watch(call, handed, (error) => judgeBrokenBody(fetchCall, error, options));
        }
      } catch (error) {
        tellThrown(error);
      }
      settleCall(call, "success");
      return handed;
    },
    async failed(call, error, breaker, replaced) {
      const { init, input } = call;
      const kept = recall(stale, call, { status: replaced?.status });
      const instead = kept ?? (await fallbackValue(fallbackOnFailure!, { error, args: [input, init] }));
      if (instead !== undefined) {
        if (statusOf(instead, 0) < 400) substituted(breaker, kept ? "stale" : "fallback");
        // Nobody reads what failed: its connection is free.
        void replaced?.body?.cancel?.().catch(() => {});
      }
      return instead;
    },
  };
}

/** The last good answer. In a prerender Next would cache it as fresh. */
export function recall(
  stale: StaleResponses | undefined,
  { input, init, scope }: FetchCall,
  sent?: { readonly status?: number | undefined },
): Response | undefined {
  if (!stale || init?.protego?.stale === false || isCached(scope)) return undefined;
  try {
    return stale.recall(input, init, sent);
  } catch (error) {
    tellThrown(error);
    return undefined;
  }
}

/** Either can be the user's own. */
function tellThrown(error: unknown): void {
  tellOnce(() => `[function-threw] stale or watchBody threw; the call went on. ${inWords(error)}`);
}
