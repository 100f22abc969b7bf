import { isRefusal, type Refusal } from "../core/refusal.ts";
import { type CallSite, callSite, leadTo } from "../runtime/call-site.ts";
import { noteRefusal } from "../runtime/note-refusal.ts";
import { isCached, isPrefetch } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import type { AdmittedCall } from "./admitted-call.ts";
import { askForCall } from "./ask-for-call.ts";
import { attempt } from "./attempt.ts";
import type { Breaker } from "./breaker.ts";
import { type CallKind, modeOf, toldArguments } from "./call-kind.ts";
import { refusalError } from "./refusal-error.ts";

/**
 * The life of one call, whatever is wrapped: is it protected at all; which circuit; may it go; if not, what answers in
 * its place; if so, make it, bound its time, judge what comes of it and hand the permit back. Not async, and without a
 * closure on the way: a promise more costs as much as the rest of it, and the engine finds the way back to the caller's
 * line through promises, not through functions.
 *
 * @param entry the wrapper that was called, for errors in development
 */
export function guard<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  entry: unknown,
): Promise<Value> {
  try {
    const on = modeOf(kind, input);
    const breaker = on === false ? undefined : kind.breakerOf(input);
    if (breaker === undefined) {
      return kind.bypass ? (kind.bypass(input) as Promise<Value>) : Promise.resolve(kind.start(input));
    }
    const site = kind.isDeveloped ? callSite(entry) : undefined;
    const mayWait = breaker.fleet === undefined || !isCached(renderScope());
    const decision = askForCall(breaker, kind, on === "observe", mayWait, toldArguments(kind, input));
    return decision instanceof Promise
      ? decision.then((late) => act(kind, input, breaker, late, site))
      : act(kind, input, breaker, decision, site);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function act<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  breaker: Breaker,
  decision: AdmittedCall | Refusal,
  site: CallSite | undefined,
): Promise<Value> {
  return isRefusal(decision)
    ? refuse(kind, input, breaker, decision, site)
    : attempt(kind, input, decision, site);
}

/** What a prerender returns is cached over good data; what it throws is not. So there only Next itself may answer. */
export function refuse<Input, Value>(
  kind: Pick<CallKind<Input, Value>, "refused" | "refusedInPrerender">,
  input: Input,
  breaker: Breaker,
  refusal: Refusal,
  site: CallSite | undefined,
): Promise<Value> {
  const error = refusalError(breaker, refusal);
  if (site) leadTo(site, error);
  try {
    const instead = isCached(renderScope())
      ? kind.refusedInPrerender?.(input, error, breaker)
      : kind.refused(input, error, breaker);
    if (instead === undefined) return refusedWith(error, error);
    return Promise.resolve(instead).catch((thrown: unknown) => refusedWith(error, thrown));
  } catch (thrown) {
    return refusedWith(error, thrown);
  }
}

/** The refusal may not reach the handler around the call whole. A visitor who comes later may not be refused any more. */
function refusedWith(refusal: Error, thrown: unknown): Promise<never> {
  if (isPrefetch(renderScope())) return new Promise(() => {});
  noteRefusal(refusal);
  return Promise.reject(thrown as Error);
}
