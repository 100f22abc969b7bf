import type { Breaker } from "../breaker/breaker.ts";
import { admitCall, askForCall, refusalError, settleCall, startedAt } from "../breaker/calls.ts";
import { checkName } from "../breaker/circuit-name.ts";
import { resolveCallOptions } from "../breaker/circuit-options.ts";
import type { Refusal } from "../core/machine.ts";
import { optionalFunction } from "../core/option.ts";
import type { Permit } from "../core/phase.ts";
import type { Verdict } from "../core/verdict.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { breakerOfRequest, readOnce } from "./circuit-of-request.ts";
import { firstInRender } from "./deduplication.ts";
import { type Fetch, type FetchCall, send } from "./fetch-call.ts";
import { judgeBrokenBody, judgeRejection, judgeResponse } from "./judge-fetch.ts";
import type { ProtectedFetch, ProtectedFetchOptions, ProtectedInit } from "./protected-fetch-options.ts";
import { retryAfterMs } from "./retry-after.ts";
import { isSandbox } from "./sandboxed-hit.ts";
import { createSubstitutes } from "./substitutes.ts";

/**
 * A `fetch` that does not call what is down: same arguments, same results, same errors, plus
 * {@link CircuitOpenError} while the circuit is open.
 *
 * Counts as failure: a network error, the timeout (until the headers), a caller's `AbortSignal.timeout`, and
 * the statuses 408, 429 and 5xx. Does not count: the caller's abort, the caller's mistakes (a bad URL, a bad
 * init), answers from Next's data cache. Under `next build` nothing is counted and nothing refused.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it, what came and what is expected
 * @example
 * const fetch = createProtectedFetch({ timeout: "3s" });
 * const response = await fetch("https://api.example.com/products", { next: { revalidate: 60 } });
 */
export function createProtectedFetch(options: ProtectedFetchOptions = {}): ProtectedFetch {
  const resolved = resolveCallOptions(options, 10_000);
  const { name, stale } = options;
  const findBreaker = breakerOfRequest(name === undefined ? name : checkName(name), resolved);
  const injected = optionalFunction("fetch", options.fetch);
  stale?.guards?.(injected);
  const watchBody = optionalFunction("watchBody", options.watchBody);
  const substitutes = createSubstitutes(stale, resolved.fallback);
  const isFollowed = stale !== undefined || watchBody !== undefined;
  const building = isBuildPhase();
  const inSandbox = isSandbox();

  function protectedFetch(given: RequestInfo | URL, init?: ProtectedInit): Promise<Response> {
    const realFetch: Fetch = injected ?? globalThis.fetch;
    const mode = !building && init?.protego?.enabled !== false && resolved.mode();
    // Without a URL, or with an init that is no object: fetch rejects it.
    const isCall = given !== undefined && given !== null && (init === undefined || typeof init === "object");
    const input = isCall ? readOnce(given) : given;
    const breaker = mode && isCall ? findBreaker(input, init) : undefined;
    if (breaker === undefined) {
      return input === given ? realFetch.apply(globalThis, arguments as never) : realFetch(input, init);
    }
    const observes = mode === "observe";
    const call: FetchCall = { realFetch, input, init, scope: renderScope() };
    const answer = breaker.fleet
      ? askForCall(breaker, observes, !isCached(call.scope))
      : admitCall(breaker, observes);
    return answer instanceof Promise
      ? answer.then((late) => act(call, breaker, late, observes))
      : act(call, breaker, answer, observes);
  }

  function act(
    call: FetchCall,
    breaker: Breaker,
    answer: Permit | Refusal,
    observes: boolean,
  ): Promise<Response> {
    if (answer.generation !== undefined) return attempt(call, breaker, answer);
    const { realFetch, input, init } = call;
    return observes ? realFetch(input, init) : substitutes.refused(call, refusalError(breaker, answer));
  }

  function attempt(call: FetchCall, breaker: Breaker, permit: Permit): Promise<Response> {
    const started = startedAt(breaker);
    const what = `next-protego: ${breaker.name}: waiting for the response headers`;
    return send(call, resolved.deadline, what, inSandbox).then(
      (response) => {
        const verdict = judgeResponse(call, response, resolved);
        if (verdict === "success" && !isFollowed) {
          settleCall(breaker, permit, verdict, started);
          return response;
        }
        // What is kept, watched or replaced goes by the verdict, so that must be known first.
        return typeof verdict !== "string" && isFollowed
          ? verdict.then((late) => answered(call, breaker, permit, started, response, late))
          : answered(call, breaker, permit, started, response, verdict);
      },
      (error: unknown) => {
        const verdict = judgeRejection(call, error, resolved);
        settleCall(breaker, permit, counted(call, verdict), started, error);
        if (!stale) throw error;
        return typeof verdict === "string"
          ? broken(call, error, verdict)
          : verdict.then((late) => broken(call, error, late));
      },
    );
  }

  function answered(
    call: FetchCall,
    breaker: Breaker,
    permit: Permit,
    started: number,
    response: Response,
    verdict: Verdict | Promise<Verdict>,
  ): Response {
    if (verdict !== "success") {
      const wait = retryAfterMs(response.headers);
      settleCall(breaker, permit, counted(call, verdict), started, `HTTP ${response.status}`, wait);
      const instead = verdict === "failure" && substitutes.recall(call, response);
      if (!instead) return response;
      void response.body?.cancel().catch(() => {}); // nobody reads it: its connection is free
      return instead;
    }
    const kept = substitutes.keep(call, response);
    if (!watchBody || !kept.body) {
      settleCall(breaker, permit, verdict, started);
      return kept;
    }
    breaker.inFlight--; // a body may never be read
    return watchBody(kept, (failure) => {
      breaker.inFlight++;
      const late = failure ? judgeBrokenBody(call, failure.error, resolved) : verdict;
      settleCall(breaker, permit, late, started, failure?.error);
    });
  }

  function broken(call: FetchCall, error: unknown, verdict: Verdict): Response {
    const instead = verdict === "failure" && substitutes.recall(call, {});
    if (instead) return instead;
    throw error;
  }

  /** A failure that Next hands to many callers in a render has failed each of them, and counts once. */
  function counted(
    { scope, input, init }: FetchCall,
    verdict: Verdict | Promise<Verdict>,
  ): Verdict | Promise<Verdict> {
    return verdict === "failure" && !firstInRender(scope, input, init) ? "ignored" : verdict;
  }

  return Object.defineProperties(protectedFetch, {
    name: { value: "fetch", configurable: true },
    length: { value: 1, configurable: true },
  });
}
