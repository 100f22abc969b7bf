import type { NextApiHandler, NextApiRequest, NextApiResponse } from "next";
import { attempt } from "../breaker/attempt.ts";
import { askForCall } from "../breaker/calls.ts";
import { breakerFinder, checkName, nameFrom } from "../breaker/circuit-name.ts";
import { type CallOptions, resolveCallOptions } from "../breaker/circuit-options.ts";
import { isCircuitOpenError, retryAfterSeconds } from "../core/circuit-open-error.ts";
import { invalid } from "../core/option.ts";
import { gatewayTimeout, unavailable } from "../http/unavailable.ts";
import { isOwnTimeout } from "./own-timeout.ts";

export interface ApiOptions extends Omit<CallOptions<number, never>, "fallback"> {
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

  return async function protectedHandler(request, response) {
    const mode = resolved.mode();
    if (mode === false) {
      await handler(request, response);
      return;
    }
    const breaker = find(
      typeof name === "string"
        ? name
        : nameFrom(() => name(request), `${request.method} ${request.url?.split("?")[0]}`),
    );
    const answer = await askForCall(breaker, mode === "observe", true);
    if (answer.generation === undefined) {
      if (mode === "observe") {
        await handler(request, response);
        return;
      }
      await send(response, unavailable(answer.retryAfterMs));
      return;
    }
    const run = async (): Promise<number> => {
      await handler(request, response);
      return response.statusCode;
    };
    try {
      await attempt(breaker, answer, resolved, run, (status) =>
        status < 500 ? undefined : `HTTP ${status}`,
      );
    } catch (error) {
      if (response.headersSent) throw error;
      if (isCircuitOpenError(error)) {
        await send(response, unavailable((retryAfterSeconds(error) ?? 1) * 1000));
      } else if (isOwnTimeout(error, breaker)) await send(response, gatewayTimeout());
      else throw error;
    }
  };
}

async function send(response: NextApiResponse, answer: Response): Promise<void> {
  response.status(answer.status);
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.send(await answer.text());
}
