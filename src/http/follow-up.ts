import { releasePlace, settleCall, streamDelivered } from "../breaker/admitted-call.ts";
import type { ResolvedCallOptions } from "../breaker/circuit-options.ts";
import { answerInstead } from "../breaker/fallback.ts";
import { type FollowUp, settleWhenKnown } from "../breaker/guard.ts";
import { isCached } from "../runtime/render-scope.ts";
import type { FetchCall } from "./fetch-call.ts";
import { judgeBrokenBody } from "./judge-fetch.ts";
import type { BodyWatch, StaleAnswers } from "./protected-fetch-options.ts";

type Options = ResolvedCallOptions<Response, Response>;

/** What goes on after a fetch has its headers: a body that is watched, an answer that is kept, or one in its place. */
export function fetchFollowUp(
  options: Options,
  stale: StaleAnswers | undefined,
  watchBody: BodyWatch | undefined,
): FollowUp<FetchCall, Response> | undefined {
  const { fallbackOnFailure } = options;
  if (!stale && !watchBody && fallbackOnFailure === undefined) return undefined;

  return {
    succeeded(fetchCall, response, call) {
      const { input, init } = fetchCall;
      const kept = (init?.protego?.stale !== false && stale?.remember(input, init, response)) || response;
      if (!watchBody || !kept.body) {
        settleCall(call, "success");
        return kept;
      }
      releasePlace(call); // a body may never be read
      return watchBody(
        kept,
        (failure) => {
          const verdict = failure ? judgeBrokenBody(fetchCall, failure.error, options) : "success";
          settleWhenKnown(call, verdict, failure?.error);
        },
        () => streamDelivered(call),
      );
    },
    failed(call, error, replaced) {
      const { init, input, scope } = call;
      if (isCached(scope)) return undefined;
      const instead =
        recall(stale, call, { status: replaced?.status }) ??
        (fallbackOnFailure && answerInstead(fallbackOnFailure, { error, args: [input, init] }));
      if (instead) void replaced?.body?.cancel().catch(() => {}); // nobody reads it: its connection is free
      return instead;
    },
  };
}

/** The last good answer. In a prerender Next would cache it as fresh. */
export function recall(
  stale: StaleAnswers | undefined,
  { input, init, scope }: FetchCall,
  sent?: { readonly status?: number | undefined },
): Response | undefined {
  return init?.protego?.stale === false || isCached(scope) ? undefined : stale?.recall(input, init, sent);
}
