import { admitCall, type Breaker, refusalError, settleCall, startedAt } from "../breaker/breaker.ts";
import { checkName } from "../breaker/circuit-name.ts";
import {
  type CallOptions,
  type ResolvedCallOptions,
  resolveCallOptions,
} from "../breaker/circuit-options.ts";
import { judge, judgeError } from "../breaker/judge.ts";
import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { optionalFunction } from "../core/option.ts";
import type { Permit } from "../core/phase.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Verdict } from "../core/verdict.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import { isCached, isRender, mayHang, type RenderScope } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { isCallersAbort, isCallersMistake } from "./callers-doing.ts";
import { breakerOfRequest, type FetchTarget } from "./circuit-of-request.ts";
import { cachedAnswer, isCacheHit } from "./data-cache.ts";
import { callersSignal, copyInit, following } from "./request-init.ts";
import { firstInRender } from "./deduplication.ts";

export interface ProtectedFetchOptions extends CallOptions<Response, Response> {
  /**
   * The circuit's name, or a function that names the circuit of a request.
   *
   * @default the origin of the URL
   */
  name?: string | ((request: FetchTarget) => string) | undefined;
  /** The fetch to protect. By default `globalThis.fetch`, looked up at each call: Next replaces it late. */
  fetch?: typeof fetch | undefined;
}

type Fetch = typeof globalThis.fetch & { readonly __nextPatched?: boolean };

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
export function createProtectedFetch(options: ProtectedFetchOptions = {}): typeof fetch {
  const resolved = resolveCallOptions(options, 10_000);
  const { name } = options;
  const findBreaker = breakerOfRequest(name === undefined ? name : checkName(name), resolved);
  const injected = optionalFunction("fetch", options.fetch);
  const building = isBuildPhase();

  function protectedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const realFetch: Fetch = injected ?? globalThis.fetch;
    const mode = building ? false : resolved.mode();
    // An init that is no object is left to fetch, which rejects it.
    const off = mode === false || (init !== undefined && typeof init !== "object");
    const breaker = off ? undefined : findBreaker(input, init);
    if (breaker === undefined) return realFetch.apply(globalThis, arguments as never);
    const answer = admitCall(breaker, mode === "observe");
    if (answer.generation !== undefined) return attempt(realFetch, input, init, breaker, answer, resolved);
    if (mode === "observe") return realFetch(input, init);
    return refused(realFetch, input, init, refusalError(breaker, answer), resolved);
  }
  return Object.defineProperties(protectedFetch, {
    name: { value: "fetch", configurable: true },
    length: { value: 1, configurable: true },
  });
}

type Resolved = ResolvedCallOptions<Response, Response>;

function attempt(
  realFetch: Fetch,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  breaker: Breaker,
  permit: Permit,
  options: Resolved,
): Promise<Response> {
  const scope = renderScope();
  const started = startedAt(breaker);
  return send(realFetch, input, init, breaker, options, scope).then(
    (response) => {
      const verdict = judgeResponse(realFetch, response, options, scope);
      if (verdict === "failure") {
        settleCall(
          breaker,
          permit,
          verdict,
          started,
          `HTTP ${response.status}`,
          retryAfterMs(response.headers),
        );
      } else settleCall(breaker, permit, verdict, started);
      return response;
    },
    (error: unknown) => {
      settleCall(breaker, permit, judgeRejection(error, input, init, options, scope), started, error);
      throw error;
    },
  );
}

/** Sends the request; a timeout aborts it, except in a render, where a signal would end Next's deduplication. */
function send(
  realFetch: Fetch,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  breaker: Breaker,
  options: Resolved,
  scope: RenderScope | undefined,
): Promise<Response> {
  const { deadline } = options;
  try {
    let copy = copyInit(init);
    if (!deadline) return realFetch(input, copy);
    const what = `next-protego: ${breaker.name}: waiting for the response headers`;
    if (isRender(scope)) return deadline(realFetch(input, copy), what);
    const controller = new AbortController();
    const signal = following(controller, callersSignal(input, copy));
    if (signal) (copy ??= {}).signal = signal;
    return deadline(realFetch(input, copy), what, (reason) => controller.abort(reason));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function judgeResponse(
  realFetch: Fetch,
  response: Response,
  options: Resolved,
  scope: RenderScope | undefined,
): Verdict {
  if (realFetch.__nextPatched && isCacheHit(response)) return "ignored";
  const { status } = response;
  const failed = status >= 500 || status === 429 || status === 408;
  const verdict = judge({ value: response }, failed, options.isFailure);
  if (verdict === "failure" && !firstInRender(scope, response.url)) return "ignored";
  return verdict;
}

function judgeRejection(
  error: unknown,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  options: Resolved,
  scope: RenderScope | undefined,
): Verdict {
  if (isCallersAbort(error, input, init) || isCallersMistake(error, input, init)) return "ignored";
  if (mayHang(scope) && (error as Error).name === "TimeoutError") return "ignored";
  const verdict = judgeError(error, options);
  return verdict === "failure" && !firstInRender(scope, error) ? "ignored" : verdict;
}

/** An open circuit still lets Next's data cache answer; then the fallback; then it throws. */
async function refused(
  realFetch: Fetch,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  error: CircuitOpenError,
  options: Resolved,
): Promise<Response> {
  // What a prerender returns is cached over good data; what it throws is not.
  if (isCached(renderScope())) throw error;
  const cached = realFetch.__nextPatched && (await cachedAnswer(realFetch, input, copyInit(init), error));
  if (cached) return cached;
  if (options.fallback) return options.fallback({ error, args: [input, init] });
  throw error;
}
