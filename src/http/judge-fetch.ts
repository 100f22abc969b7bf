import type { ResolvedCallOptions } from "../breaker/resolved-options.ts";
import { judge, judgeAbort, judgeError } from "../breaker/judge.ts";
import type { Verdict } from "../core/verdict.ts";
import { isCacheHit, mayHang, wasSentOut } from "#next-fetch";
import { isCallersAbort, isCallerError } from "./caller-errors.ts";
import type { FetchCall } from "./fetch-call.ts";
import { statusOf } from "./failed-response.ts";
import { failsByDefault } from "./failing-statuses.ts";

type Options = Pick<
  ResolvedCallOptions<Response, Response>,
  "clock" | "deadline" | "isFailure" | "ignoreErrors" | "slowAbortMs"
>;

/** What the status says, or the app's rule; an answer from Next's data cache says nothing. */
export function judgeResponse(
  { realFetch, input, init }: FetchCall,
  response: Response,
  options: Options,
): Verdict | Promise<Verdict> {
  if (realFetch.__nextPatched && isCacheHit(response) && !wasSentOut(response)) return "ignored";
  const status = statusOf(response, NaN); // a mock may answer anything
  // `Response.error()` is how a fetch of one's own says that the network failed.
  const isBad = failsByDefault(status) || (status === 0 && response.type === "error");
  if (!options.isFailure) return isBad ? "failure" : "success";
  return judge({ value: response }, isBad, options, [input, init]);
}

/** What fetch throws fails by default, unless it is the caller's own doing, or Next let the promise hang. */
export function judgeRejection(
  call: FetchCall,
  error: unknown,
  options: Options,
): Verdict | Promise<Verdict> {
  const { input, init, startedMs = NaN } = call;
  // An abort first: a slow one is the upstream's doing, and none of the caller's mistakes.
  if (isCallersAbort(error, input, init)) return judgeAbort(startedMs, options);
  return isCallerError(error, input, init) ? "ignored" : judgeBrokenBody(call, error, options);
}

/**
 * The same for what a body breaks with: the request was sent, so it was none of the caller's mistakes; and its headers
 * have come, so a caller that leaves says nothing.
 */
export function judgeBrokenBody(
  { input, init, scope }: FetchCall,
  error: unknown,
  options: Options,
): Verdict | Promise<Verdict> {
  if (isCallersAbort(error, input, init)) return "ignored";
  if (mayHang(scope) && (error as Error | undefined)?.name === "TimeoutError") return "ignored";
  return judgeError(error, options, [input, init]);
}
