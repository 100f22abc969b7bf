import { admitCall, type Breaker, refusalError, settleCall, startedAt } from "../breaker/breaker.ts";
import { checkName } from "../breaker/circuit-name.ts";
import { type CallOptions, resolveCallOptions } from "../breaker/circuit-options.ts";
import { answerInstead } from "../breaker/fallback.ts";
import { judge, judgeError } from "../breaker/judge.ts";
import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { optionalFunction } from "../core/option.ts";
import type { Permit } from "../core/phase.ts";
import type { Verdict } from "../core/verdict.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import { isCached, isRender, mayHang, type RenderScope } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { isCallersAbort, isCallersMistake } from "./callers-doing.ts";
import { breakerOfRequest, type FetchTarget } from "./circuit-of-request.ts";
import { cachedAnswer, isCacheHit } from "./data-cache.ts";
import { firstInRender } from "./deduplication.ts";
import { isSandbox, noteSentOut, wasSentOut } from "./sandboxed-hit.ts";
import { callersSignal, copyInit, following } from "./request-init.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface ProtectedFetchOptions extends CallOptions<Response, Response> {
  /**
   * The circuit's name, or a function that names the circuit of a request.
   *
   * @default the origin of the URL
   */
  name?: string | ((request: FetchTarget) => string) | undefined;
  /** The fetch to protect. By default `globalThis.fetch`, looked up at each call: Next replaces it late. */
  fetch?: typeof fetch | undefined;
  /** Counts bodies that fail or stall after good headers: `watchBody` of `next-protego/options`. */
  watchBody?: BodyWatch | undefined;
  /** Serves the last good answer while the upstream is down: `staleIfError` of `next-protego/options`. */
  stale?: StaleAnswers | undefined;
}

/** Watches a body until its end without changing what the caller reads. Settles once, whatever happens. */
export type BodyWatch = (
  response: Response,
  settle: (verdict: Verdict, failure?: unknown) => void,
) => Response;

/** Remembers good answers, and gives them back marked as stale. */
export interface StaleAnswers {
  remember(input: RequestInfo | URL, init: RequestInit | undefined, response: Response): void;
  recall(input: RequestInfo | URL, init: RequestInit | undefined): Response | undefined;
}

/** One call's own way, given as `init.protego`. */
export interface CallOverride {
  /** In place of the wrapper's fallback. */
  fallback?: CallOptions<Response, Response>["fallback"];
  /** False: this call goes past the circuit. */
  enabled?: boolean;
}

export type ProtectedInit = RequestInit & { protego?: CallOverride };

/** `fetch`, and with `init.protego` a little more. */
export type ProtectedFetch = typeof fetch & {
  (input: RequestInfo | URL, init?: ProtectedInit): Promise<Response>;
};

type Fetch = typeof globalThis.fetch & { readonly __nextPatched?: boolean };

/** One call on its way. */
interface Call {
  readonly realFetch: Fetch;
  readonly input: RequestInfo | URL;
  readonly init: ProtectedInit | undefined;
  readonly scope: RenderScope | undefined;
}

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
  const { isFailure, deadline } = resolved;
  const { name, stale } = options;
  const findBreaker = breakerOfRequest(name === undefined ? name : checkName(name), resolved);
  const injected = optionalFunction("fetch", options.fetch);
  const watchBody = optionalFunction("watchBody", options.watchBody);
  const building = isBuildPhase();
  const inSandbox = isSandbox();

  function protectedFetch(input: RequestInfo | URL, init?: ProtectedInit): Promise<Response> {
    const realFetch: Fetch = injected ?? globalThis.fetch;
    const mode = !building && init?.protego?.enabled !== false && resolved.mode();
    // An init that is no object is left to fetch, which rejects it.
    const breaker =
      mode && (init === undefined || typeof init === "object") ? findBreaker(input, init) : undefined;
    if (breaker === undefined) return realFetch.apply(globalThis, arguments as never);
    const answer = admitCall(breaker, mode === "observe");
    const call: Call = { realFetch, input, init, scope: renderScope() };
    if (answer.generation !== undefined) return attempt(call, breaker, answer);
    return mode === "observe" ? realFetch(input, init) : refused(call, refusalError(breaker, answer));
  }

  function attempt(call: Call, breaker: Breaker, permit: Permit): Promise<Response> {
    const started = startedAt(breaker);
    return send(call, breaker).then(
      (response) => {
        const verdict = judgeResponse(call, response);
        if (verdict === "success") {
          stale?.remember(call.input, call.init, response);
          if (watchBody && response.body) {
            breaker.inFlight--; // a body may never be read
            return watchBody(response, (late, failure) => {
              breaker.inFlight++;
              settleCall(breaker, permit, late, started, failure);
            });
          }
          settleCall(breaker, permit, verdict, started);
          return response;
        }
        const wait = retryAfterMs(response.headers);
        settleCall(breaker, permit, verdict, started, `HTTP ${response.status}`, wait);
        return (verdict === "failure" && recalled(call)) || response;
      },
      (error: unknown) => {
        const verdict = judgeRejection(call, error);
        settleCall(breaker, permit, verdict, started, error);
        const instead = verdict === "failure" && recalled(call);
        if (instead) return instead;
        throw error;
      },
    );
  }

  /** Sends the request; a timeout aborts it, except in a render, where a signal would end Next's deduplication. */
  function send({ realFetch, input, init, scope }: Call, breaker: Breaker): Promise<Response> {
    try {
      let copy = copyInit(init);
      const what = `next-protego: ${breaker.name}: waiting for the response headers`;
      if (isRender(scope) || (!deadline && !inSandbox)) {
        const sent = realFetch(input, copy);
        return deadline ? deadline(sent, what) : sent;
      }
      const controller = new AbortController();
      const signal = following(controller, callersSignal(input, copy));
      if (signal) (copy ??= {}).signal = signal;
      const sent =
        inSandbox && signal ? noteSentOut(signal, () => realFetch(input, copy)) : realFetch(input, copy);
      return deadline ? deadline(sent, what, (reason) => controller.abort(reason)) : sent;
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  function judgeResponse(
    { realFetch, input, init, scope }: Call,
    response: Response,
  ): Verdict | Promise<Verdict> {
    if (realFetch.__nextPatched && isCacheHit(response) && !wasSentOut(response)) return "ignored";
    const { status } = response;
    const failed = status >= 500 || status === 429 || status === 408;
    const verdict = judge({ value: response }, failed, isFailure);
    return verdict === "failure" && !firstInRender(scope, input, init) ? "ignored" : verdict;
  }

  function judgeRejection({ input, init, scope }: Call, error: unknown): Verdict | Promise<Verdict> {
    if (isCallersAbort(error, input, init) || isCallersMistake(error, input, init)) return "ignored";
    if (mayHang(scope) && (error as Error).name === "TimeoutError") return "ignored";
    const verdict = judgeError(error, resolved);
    return verdict === "failure" && !firstInRender(scope, input, init) ? "ignored" : verdict;
  }

  /** An open circuit still lets Next's data cache answer; then what is remembered, the fallback; then it throws. */
  async function refused(call: Call, error: CircuitOpenError): Promise<Response> {
    const { realFetch, input, init, scope } = call;
    // What a prerender returns is cached over good data; what it throws is not.
    if (isCached(scope)) throw error;
    const cached = realFetch.__nextPatched && (await cachedAnswer(realFetch, input, copyInit(init), error));
    const instead = cached || recalled(call);
    if (instead) return instead;
    const fallback = init?.protego?.fallback ?? resolved.fallback;
    if (fallback === undefined) throw error;
    return answerInstead(fallback, { error, args: [input, init] });
  }

  function recalled({ input, init, scope }: Call): Response | undefined {
    return isCached(scope) ? undefined : stale?.recall(input, init);
  }

  return Object.defineProperties(protectedFetch, {
    name: { value: "fetch", configurable: true },
    length: { value: 1, configurable: true },
  });
}
