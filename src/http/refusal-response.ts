import type { FallbackContext } from "../breaker/fallback.ts";
import { noteRefusal } from "../runtime/note-refusal.ts";
import { anObject, invalid } from "../core/option.ts";
import { isProblemStatus, problem, retryAfterHeader } from "./problem.ts";

export interface RefusalResponseOptions {
  /**
   * The status of the answer: 500, 502, 503 or 504. Only 503 says when to come back, with `Retry-After`; some SDKs wait
   * for that long inside the call.
   *
   * @default 504
   */
  status?: 500 | 502 | 503 | 504 | undefined;
}

/**
 * Answers a refused call with a Response instead of an error, for an SDK that retries what its `fetch` throws: a fresh
 * problem body (RFC 9457) with `Cache-Control: no-store`, and `x-should-retry: false`, `stripe-should-retry: false` for the
 * SDKs that obey them. The body has an `error` and a `message`, too: Stripe's SDK takes any JSON without an `error` for success,
 * whatever its status. It tells nothing about the circuit or its upstream.
 *
 * The SDK throws or returns its own error of that status; `withProtego` around it answers 503 all the same. It is as
 * little data as any failed answer: check `response.ok`.
 *
 * @throws {TypeError | RangeError} for a bad option
 * @example
 * const fetch = createProtectedFetch({ name: "billing", fallback: refusalResponse() });
 */
export function refusalResponse(
  options: RefusalResponseOptions = {},
): (context: FallbackContext) => Response {
  const { status = 504 } = anObject("refusalResponse", options, ["status"]);
  if (!isProblemStatus(status)) throw invalid("status", status, "500, 502, 503 or 504");
  return ({ error }) => {
    // The SDK makes an error of its own of it, and the handler around it is to know why.
    noteRefusal(error);
    return problem(
      status,
      {
        "x-should-retry": "false",
        "stripe-should-retry": "false",
        ...(status === 503 && retryAfterHeader(error.retryAfter)),
      },
      { message, error: { type: "api_error", message } },
    );
  };
}

const message = "Refused by a circuit breaker. The request was not sent.";
