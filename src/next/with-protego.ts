/** @ts-ignore: where Next is not installed the request is any. */
import type { NextRequest } from "next/server.js";
import { breakerFinder, checkName, nameFrom } from "../breaker/circuit-name.ts";
import { type CallOptions } from "../breaker/circuit-options.ts";
import { resolveCallOptions } from "../breaker/resolved-options.ts";
import { fallbackValue, responseFallback } from "../breaker/fallback.ts";
import type { CallKind } from "../breaker/call-kind.ts";
import { guard } from "../breaker/guard.ts";
import { byFallback } from "../breaker/substituted.ts";
import { isThrownOnBehalf, judgeError } from "../breaker/judge.ts";
import { isCircuitOpenError, retryAfterSeconds } from "../core/circuit-open-error.ts";
import { invalid } from "../core/option.ts";
import { failureOf, statusOf } from "../http/failed-response.ts";
import { gatewayTimeout, unavailable } from "../http/unavailable.ts";
import { callSite } from "../runtime/call-site.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import type { RequestNote } from "../runtime/request-note.ts";
import { judgeStatus } from "./judge-status.ts";
import { withRefusalsInside } from "./refusals-inside.ts";
import { routeName } from "./route-name.ts";
import { unnamedRoute } from "./unnamed-route.ts";

export interface RouteOptions extends CallOptions<Response, Response> {
  /**
   * The circuit's name, or a function of the request that names it. Careful: reading the request's URL or
   * headers makes a static route dynamic. Give one where neither Next nor a framework says which pattern a path has matched, or which
   * parameters are in it. Without Next the types ask for it if the handler takes a plain `Request`.
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
 * The options of {@link withProtego}. Where it is known that nobody tells the pattern of a route, they must have a name: without Next,
 * for a plain `Request` without parameters.
 */
export type RouteArguments<Given> =
  // Where Next is not installed its types are `any`, of which only this can be asked.
  string extends keyof NextRequest
    ? string extends keyof Given
      ? [options?: RouteOptions]
      : Given extends { params: unknown } | { route: unknown }
        ? [options?: RouteOptions]
        : Given extends Request
          ? [optionsWithName: RouteOptions & { name: NonNullable<RouteOptions["name"]> }]
          : [options?: RouteOptions]
    : [options?: RouteOptions];

/**
 * Puts a route handler behind a circuit. While it is open the handler is not called and the answer is 503 with
 * `Retry-After`, `Cache-Control: no-store` and a problem body (RFC 9457). A handler that throws because a circuit refused
 * a call inside it, whatever error an SDK made of that, answers the same 503 and does not count. Nor does an answer of 500 or more
 * that the handler itself has made of a refusal; it goes out as it is.
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
export function withProtego<
  Given = NextRequest,
  Rest extends unknown[] = [context: RouteHandlerContext],
  Answer extends Response | void = Response,
>(
  handler: (request: Given, ...rest: Rest) => Answer | Promise<Answer>,
  ...[options = {}]: RouteArguments<Given>
): (request: Given, ...rest: Rest extends [] ? [context?: unknown] : Rest) => Promise<Answer | Response> {
  if (typeof handler !== "function") throw invalid("handler", handler, "a route handler function");
  const resolved = resolveCallOptions(options, Infinity, responseFallback);
  const { fallback, fallbackOnFailure } = resolved;
  const name = options.name === undefined ? undefined : checkName(options.name);
  const find = breakerFinder(resolved);
  const unnamed = unnamedRoute(handler, find, callSite(withProtego));

  const kind: CallKind<RouteCall<Given, Rest>, Response> = {
    ...resolved,
    argsOf: ({ args }) => args,
    breakerOf({ args }) {
      if (name === undefined) return unnamed(args);
      if (typeof name === "string") return find(name);
      return find(nameFrom(() => name(args[0] as NextRequest), routeName(args)[0]));
    },
    start: (call) => withRefusalsInside(() => handler(...call.args), call) as Promise<Response>,
    abort: (call, reason) => (call.timeout = reason),
    judgeValue: (call, response) => judgeStatus(call, statusOf(response, 500), response, resolved, call.args),
    judgeError: ({ args }, error) => judgeError(error, resolved, args, isThrownOnBehalf),
    failureOf,
    refused: ({ args }, error, breaker) =>
      fallback === undefined
        ? unavailable(error.retryAfter)
        : byFallback(breaker, fallbackValue(fallback, { error, args })),
    followUp:
      fallbackOnFailure === undefined
        ? undefined
        : {
            failed: ({ args }, error, breaker) =>
              byFallback(breaker, fallbackValue(fallbackOnFailure, { error, args }), true),
          },
  };

  async function protectedHandler(...args: [Given, ...Rest]): Promise<Answer | Response> {
    if (kind.mode === false) return handler(...args);
    const call: RouteCall<Given, Rest> = { args };
    try {
      return await guard(kind, call, protectedHandler);
    } catch (error) {
      if (isCached(renderScope())) throw error;
      if (call.timeout && error === call.timeout) return gatewayTimeout();
      if (isCircuitOpenError(error)) return unavailable(retryAfterSeconds(error)! * 1000);
      throw error;
    }
  }
  return protectedHandler as ReturnType<typeof withProtego<Given, Rest, Answer>>;
}

/** One call of a route handler, with the note of what was refused in it. */
interface RouteCall<Given, Rest extends unknown[]> extends RequestNote {
  readonly args: readonly [Given, ...Rest];
  /** The wrapper's own timeout, once it has come. */
  timeout?: DOMException;
}
