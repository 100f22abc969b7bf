import type { NextRequest } from "next/server.js";
import type { Circuit } from "../breaker/circuit.ts";
import { type CallOptions, resolveCallOptions } from "../breaker/circuit-options.ts";
import { withDeadline } from "../breaker/deadline.ts";
import { judge, judgeError } from "../breaker/judge.ts";
import { obtainCircuit } from "../breaker/registry.ts";
import { isCircuitOpenError } from "../core/circuit-open-error.ts";
import { retryAfterSeconds } from "../core/circuit-open-error.ts";
import { invalid } from "../core/policy.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { gatewayTimeout, unavailable } from "../http/unavailable.ts";
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
  const resolved = resolveCallOptions(options, Infinity);
  const { name } = options;
  if (name !== undefined && typeof name !== "function" && (typeof name !== "string" || name === "")) {
    throw invalid("name", name, "a string that is not empty, or a function that returns one");
  }
  const given = new WeakSet<Circuit>();
  const circuitOf = (request: NextRequest): Circuit => {
    const circuitName = typeof name === "function" ? name(request) : (name ?? routeName(request));
    const circuit = obtainCircuit(circuitName, resolved, given);
    given.add(circuit);
    return circuit;
  };
  const building = isBuildPhase();

  return async function protectedHandler(request, context) {
    const mode = building ? false : resolved.mode();
    if (mode === false) return handler(request, context);
    const circuit = circuitOf(request);
    const permit = circuit.admit(mode === "observe");
    if (permit === undefined && mode !== "observe") {
      const error = circuit.refusal();
      if (isCached(renderScope())) throw error;
      return resolved.fallback?.({ error, args: [request, context] }) ?? unavailable(error.retryAfter);
    }
    const startedAt = circuit.startedAt();
    try {
      const answered = handler(request, context);
      const response =
        resolved.timeoutMs === Infinity
          ? await answered
          : await withDeadline(
              Promise.resolve(answered),
              resolved.timeoutMs,
              `next-protego: ${circuit.name}`,
            );
      if (permit) {
        const verdict = judge({ value: response }, response?.status >= 500, resolved.isFailure);
        circuit.settle(permit, verdict, `HTTP ${response?.status}`, startedAt);
      }
      return response;
    } catch (error) {
      if (permit) circuit.settle(permit, judgeError(error, resolved as never), error, startedAt);
      if (isCached(renderScope())) throw error;
      if (isCircuitOpenError(error)) return unavailable((retryAfterSeconds(error) ?? 1) * 1000);
      if (resolved.timeoutMs !== Infinity && isOwnTimeout(error, circuit)) return gatewayTimeout();
      throw error;
    }
  };
}

function isOwnTimeout(error: unknown, circuit: Circuit): boolean {
  const { name, message } = error as Error;
  return name === "TimeoutError" && message.startsWith(`next-protego: ${circuit.name} `);
}
