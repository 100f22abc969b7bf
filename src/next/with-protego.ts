/** @ts-ignore: where Next is not installed the request is any. */
import type { NextRequest } from "next/server.js";
import { attempt } from "../breaker/attempt.ts";
import type { Breaker } from "../breaker/breaker.ts";
import { admitCall, askForCall, refusalError } from "../breaker/calls.ts";
import { breakerFinder, checkName, nameFrom } from "../breaker/circuit-name.ts";
import { type CallOptions, resolveCallOptions } from "../breaker/circuit-options.ts";
import { answerInstead, responseFallback } from "../breaker/fallback.ts";
import { isCircuitOpenError, retryAfterSeconds } from "../core/circuit-open-error.ts";
import { invalid } from "../core/option.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { gatewayTimeout, unavailable } from "../http/unavailable.ts";
import { isOwnTimeout } from "./own-timeout.ts";
import { routeName } from "./route-name.ts";

export interface RouteOptions extends CallOptions<Response, Response> {
  /**
   * The circuit's name, or a function of the request that names it. Careful: reading the request's URL or
   * headers makes a static route dynamic.
   *
   * @default "METHOD /route/[pattern]"
   */
  name?: string | ((request: NextRequest) => string) | undefined;
}

/** What Next gives a route handler besides the request. */
export interface RouteHandlerContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}

/**
 * Puts a route handler behind a circuit. While it is open the handler is not called and the answer is 503 with
 * `Retry-After`, `Cache-Control: no-store` and a problem body (RFC 9457). A refusal that escapes from a protected
 * fetch inside the handler becomes the same 503 and does not count.
 *
 * Counts as failure: what the handler throws (thrown on as it is) and a status of 500 or more. `redirect()`,
 * `notFound()` and all of Next's control flow passes untouched. The handler's own Response goes out untouched.
 * In a prerender or revalidation it throws {@link CircuitOpenError} instead of answering: Next would cache a 503
 * over good data.
 *
 * With a `timeout` the answer after it is 504.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it, what came and what is expected
 * @example
 * export const GET = withProtego(async (request, { params }) => Response.json(await load((await params).id)));
 */
export function withProtego<Context = RouteHandlerContext, Answer extends Response = Response>(
  handler: (request: NextRequest, context: Context) => Answer | Promise<Answer>,
  options: RouteOptions = {},
): (request: NextRequest, context: Context) => Promise<Answer | Response> {
  if (typeof handler !== "function") throw invalid("handler", handler, "a route handler function");
  const resolved = resolveCallOptions(options, Infinity, responseFallback);
  const name = options.name === undefined ? undefined : checkName(options.name);
  const find = breakerFinder(resolved);
  const breakerOf = (request: NextRequest): Breaker => {
    const byDefault = typeof name === "string" ? name : routeName(request);
    return find(typeof name === "function" ? nameFrom(() => name(request), byDefault) : byDefault);
  };
  const building = isBuildPhase();

  return async function protectedHandler(request, context) {
    const mode = building ? false : resolved.mode();
    if (mode === false) return handler(request, context);
    const breaker = breakerOf(request);
    const answer = breaker.fleet
      ? await askForCall(breaker, mode === "observe", !isCached(renderScope()))
      : admitCall(breaker, mode === "observe");
    if (answer.generation === undefined) {
      if (mode === "observe") return handler(request, context);
      const error = refusalError(breaker, answer);
      if (isCached(renderScope())) throw error;
      return resolved.fallback === undefined
        ? unavailable(error.retryAfter)
        : answerInstead(resolved.fallback, { error, args: [request, context] });
    }
    try {
      return await attempt(breaker, answer, resolved as never, () => handler(request, context), failureOf);
    } catch (error) {
      if (isCached(renderScope())) throw error;
      if (isCircuitOpenError(error)) return unavailable((retryAfterSeconds(error) ?? 1) * 1000);
      if (isOwnTimeout(error, breaker)) return gatewayTimeout();
      throw error;
    }
  };
}

/** A handler may return nothing, wrongly: Next answers 500 then. */
function failureOf(response: Response | undefined): string | undefined {
  return response && response.status < 500 ? undefined : `HTTP ${response?.status ?? 500}`;
}
