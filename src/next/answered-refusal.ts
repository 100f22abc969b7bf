import type { FallbackContext } from "../breaker/fallback.ts";
import { refusalResponse } from "../http/refusal-response.ts";
import { invalid } from "../core/option.ts";
import { tellOnce } from "../runtime/environment.ts";
import type { FetchProtection } from "./fetch-protection.ts";

type Make = (context: FallbackContext) => Response | PromiseLike<Response>;

/** What makes the Response that a refused call gets, or `undefined` where the error is thrown. */
export function answeredRefusal(refusals: FetchProtection["refusals"] = "thrown"): Make | undefined {
  if (refusals === "thrown") return undefined;
  if (refusals === "answered") return refusalResponse();
  const make = (refusals as { readonly response?: Make } | null)?.response;
  if (typeof make === "function") return (context) => unstored(make, context);
  throw invalid("refusals", refusals, '"thrown", "answered", or an object with a function `response`');
}

/** A good status would be stored by Next's data cache and served after the upstream's recovery: the error, then. */
async function unstored(make: Make, context: FallbackContext): Promise<Response> {
  const response = await make(context);
  if (response?.status >= 400) return response;
  tellOnce(
    () =>
      `[refusal-status] refusals.response of protectFetch answered with ${response?.status}, which Next would store; the refusal is thrown. Answer with 400 or more.`,
  );
  throw context.error;
}
