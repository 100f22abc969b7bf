import type { NextApiHandler, NextApiRequest, NextApiResponse } from "next";
import { breakerFinder, checkName, nameFrom } from "../breaker/circuit-name.ts";
import { type CallOptions } from "../breaker/circuit-options.ts";
import { resolveCallOptions } from "../breaker/resolved-options.ts";
import type { CallKind } from "../breaker/call-kind.ts";
import { guard } from "../breaker/guard.ts";
import { isThrownOnBehalf, judgeError } from "../breaker/judge.ts";
import { isCircuitOpenError, retryAfterSeconds } from "../core/circuit-open-error.ts";
import { invalid } from "../core/option.ts";
import { gatewayTimeout, unavailable } from "../http/unavailable.ts";
import type { RequestNote } from "../runtime/request-note.ts";
import { judgeStatus } from "./judge-status.ts";
import { withRefusalsInside } from "./refusals-inside.ts";

export interface ApiOptions extends Omit<CallOptions<number, never>, "fallback" | "fallbackOnFailure"> {
  /** The circuit's name, or a function of the request that names it. */
  name: string | ((request: NextApiRequest) => string);
}

/**
 * An API route of the Pages Router behind a circuit: 503 with `Retry-After` while it is open. Counts what the
 * handler throws and an answer of 500 or more; `isFailure` is asked about the status. With a `timeout` the answer
 * after it is 504.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * export default withProtegoApi(handler, { name: "orders" });
 */
export function withProtegoApi(handler: NextApiHandler, options: ApiOptions): NextApiHandler {
  if (typeof handler !== "function") throw invalid("handler", handler, "an API route handler function");
  const resolved = resolveCallOptions<number, never>(options, Infinity);
  const name = checkName(options.name);
  const find = breakerFinder(resolved);

  const kind: CallKind<ApiCall, number | undefined> = {
    ...resolved,
    argsOf: ({ request, response }) => [request, response],
    breakerOf: ({ request }) =>
      find(
        typeof name === "string"
          ? name
          : nameFrom(() => name(request), `${request.method} ${request.url?.split("?")[0]}`),
      ),
    async start(call) {
      const { request, response } = call;
      await withRefusalsInside(() => handler(request, response), call);
      return response.statusCode;
    },
    abort: (call, reason) => (call.timeout = reason),
    judgeValue: (call, status = 200) =>
      judgeStatus(call, status, status, resolved, [call.request, call.response]),
    judgeError: ({ request, response }, error) =>
      judgeError(error, resolved, [request, response], isThrownOnBehalf),
    failureOf: (status) => ({ failure: `HTTP ${String(status)}` }),
    async refused({ response }, error) {
      await send(response, unavailable(error.retryAfter));
      return undefined;
    },
  };

  return async function protectedHandler(request, response) {
    const call: ApiCall = { request, response };
    try {
      await guard(kind, call, protectedHandler);
    } catch (error) {
      if (response.headersSent) throw error;
      if (call.timeout && error === call.timeout) await send(response, gatewayTimeout());
      else if (isCircuitOpenError(error)) await send(response, unavailable(retryAfterSeconds(error)! * 1000));
      else throw error;
    }
  };
}

/** One call of an API route, with the note of what was refused in it. */
interface ApiCall extends RequestNote {
  readonly request: NextApiRequest;
  readonly response: NextApiResponse;
  /** The wrapper's own timeout, once it has come. */
  timeout?: DOMException;
}

async function send(response: NextApiResponse, given: Response): Promise<void> {
  response.status(given.status);
  for (const [name, value] of given.headers) response.setHeader(name, value);
  response.send(await given.text());
}
