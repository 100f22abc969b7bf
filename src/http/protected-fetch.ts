import { resolveCallOptions } from "../breaker/resolved-options.ts";
import { responseFallback } from "../breaker/fallback.ts";
import type { CallKind } from "../breaker/call-kind.ts";
import { timeoutException } from "../breaker/deadline.ts";
import { guard } from "../breaker/guard.ts";
import { renderScope } from "#render-scope";
import { callInPrerender, firstInRender, isSandbox } from "#next-fetch";
import { breakerOfRequest, normalizeInput } from "./circuit-of-request.ts";
import { type Fetch, type FetchCall, send } from "./fetch-call.ts";
import { fetchFollowUp } from "./follow-up.ts";
import { failureOf } from "./failed-response.ts";
import { judgeRejection, judgeResponse } from "./judge-fetch.ts";
import type { ProtectedFetch, ProtectedFetchOptions, ProtectedInit } from "./protected-fetch-options.ts";
import { callersSignal } from "./request-init.ts";
import { fallbackFor } from "./fallbacks.ts";

/**
 * A `fetch` that does not call what is down: same arguments, same results, same errors, plus
 * {@link CircuitOpenError} while the circuit is open.
 *
 * Counts as failure: a network error, the timeout (until the headers), a caller's `AbortSignal.timeout`, a caller's abort
 * after `slowAbort`, and the statuses 408, 429 and 5xx. Does not count: the caller's earlier abort, the caller's mistakes
 * (a bad URL, a bad init), answers from Next's data cache. Under `next build` nothing is counted and nothing refused.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it, what came and what is expected
 * @example
 * const fetch = createProtectedFetch({ timeout: "3s" });
 * const response = await fetch("https://api.example.com/products", { next: { revalidate: 60 } });
 */
export function createProtectedFetch(options: ProtectedFetchOptions = {}): ProtectedFetch {
  return createFetch(options, renderScope);
}

/** The same for calls that Next has dealt with already: nothing of a render is left to be minded. */
export function createFetchBeneathNext(options: ProtectedFetchOptions): ProtectedFetch {
  return createFetch(options, () => undefined);
}

function createFetch(options: ProtectedFetchOptions, scopeOfCall: typeof renderScope): ProtectedFetch {
  const resolved = resolveCallOptions(options, 10_000, responseFallback);
  const { name, stale, fetch: injected } = options;
  const findBreaker = breakerOfRequest(name, resolved);
  stale?.guards?.(injected);
  const inSandbox = isSandbox();

  const kind: CallKind<FetchCall, Response> = {
    ...resolved,
    waitsFor: ": waiting for the response headers",
    argsOf: ({ input, init }) => [input, init],
    breakerOf: ({ input, init }) => findBreaker(input, init),
    start(call) {
      if (callersSignal(call.input, call.init)) call.startedMs = resolved.clock.now();
      return send(call, resolved.deadline !== undefined, inSandbox);
    },
    bypass: ({ realFetch, input, init }) => (init === undefined ? realFetch(input) : realFetch(input, init)),
    // A copy: Node's fetch writes the stack of the reason anew, and the caller's line would be gone.
    abort: ({ controller }, { message }) => controller?.abort(timeoutException(message)),
    judgeValue: (call, response) => judgeResponse(call, response, resolved),
    judgeError: (call, error) => judgeRejection(call, error, resolved),
    failureOf,
    // One that Next hands to many callers in a render has failed each of them, and counts once.
    counts: ({ scope, input, init }) => firstInRender(scope, input, init),
    refused: (call, error, breaker) => fallbackFor(call, error, breaker, stale, resolved),
    refusedInPrerender: callInPrerender,
    followUp: fetchFollowUp(resolved, stale, options.watchBody),
  };

  function protectedFetch(given: RequestInfo | URL, init?: ProtectedInit): Promise<Response> {
    const realFetch: Fetch = injected ?? globalThis.fetch;
    // Without a URL, or with an init that is no object: fetch rejects it.
    const isCall = given !== undefined && given !== null && (init === undefined || typeof init === "object");
    try {
      if (isCall && kind.mode !== false && init?.protego?.enabled !== false) {
        return guard(
          kind,
          { realFetch, input: normalizeInput(given), init, scope: scopeOfCall() },
          protectedFetch,
        );
      }
    } catch {
      // Arguments that throw when they are looked at: fetch shall say so itself.
    }
    return Reflect.apply(realFetch, globalThis, arguments);
  }

  return Object.defineProperties(protectedFetch, {
    name: { value: "fetch", configurable: true },
    length: { value: 1, configurable: true },
  });
}
