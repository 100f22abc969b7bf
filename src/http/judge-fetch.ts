import type { Deadline } from "../breaker/deadline.ts";
import type { ResolvedCallOptions } from "../breaker/circuit-options.ts";
import { judge, judgeError } from "../breaker/judge.ts";
import type { Verdict } from "../core/verdict.ts";
import { mayHang } from "../runtime/render-scope.ts";
import { isCallersAbort, isCallersMistake } from "./callers-doing.ts";
import { isCacheHit } from "./data-cache.ts";
import type { FetchCall } from "./fetch-call.ts";
import { wasSentOut } from "./sandboxed-hit.ts";

type Options = Pick<ResolvedCallOptions<Response, Response>, "isFailure" | "ignoreErrors">;

/**
 * Statuses 408, 429 and 5xx fail by default; an answer from Next's data cache says nothing. A verdict that has not come
 * within the timeout is a failure: what it waits for may be the upstream.
 */
export function judgeResponse(
  { realFetch }: FetchCall,
  response: Response,
  { isFailure, deadline }: Options & { readonly deadline: Deadline | undefined },
): Verdict | Promise<Verdict> {
  if (realFetch.__nextPatched && isCacheHit(response) && !wasSentOut(response)) return "ignored";
  const { status } = response;
  const verdict = judge({ value: response }, status >= 500 || status === 429 || status === 408, isFailure);
  if (typeof verdict === "string") return verdict;
  return deadline?.(verdict, "").catch((): Verdict => "failure") ?? verdict;
}

/** What fetch throws fails by default, unless it is the caller's own doing, or Next let the promise hang. */
export function judgeRejection(
  call: FetchCall,
  error: unknown,
  options: Options,
): Verdict | Promise<Verdict> {
  return isCallersMistake(error, call.input, call.init) ? "ignored" : judgeBrokenBody(call, error, options);
}

/** The same for what a body breaks with: the request was sent, so it was none of the caller's mistakes. */
export function judgeBrokenBody(
  { input, init, scope }: FetchCall,
  error: unknown,
  options: Options,
): Verdict | Promise<Verdict> {
  if (isCallersAbort(error, input, init)) return "ignored";
  if (mayHang(scope) && (error as Error | undefined)?.name === "TimeoutError") return "ignored";
  return judgeError(error, options as never);
}
