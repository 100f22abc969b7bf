import { circuitBreaker, ConsecutiveBreaker, handleAll } from "cockatiel";
import CircuitBreaker from "opossum";
import { builtOptions, builtPackage } from "./built-package.ts";

export interface GuardOptions {
  readonly timeoutMs: number;
  readonly resetMs: number;
}

type Guard = (url: string) => Promise<Response>;

/**
 * One upstream's fetch, kept as a careful user of each would: three failures open, the same timeout, the same rest.
 * A breaker of any function takes a 503 for a success, so the peers are told what fails.
 */
export const guards: Record<string, (options: GuardOptions) => Promise<Guard> | Guard> = {
  "fetch with timeout": ({ timeoutMs }) => sendsWithin(timeoutMs),

  "opossum, fetch with timeout": ({ timeoutMs, resetMs }) => {
    const send = sendsWithin(timeoutMs);
    const options = { timeout: false, volumeThreshold: 3, resetTimeout: resetMs };
    const breaker = new CircuitBreaker((url: string) => send(url).then(rejectFailing), options);
    return (url) => breaker.fire(url) as Promise<Response>;
  },

  "cockatiel, fetch with timeout": ({ timeoutMs, resetMs }) => {
    const send = sendsWithin(timeoutMs);
    const breaker = new ConsecutiveBreaker(3);
    const policy = circuitBreaker(handleAll, { halfOpenAfter: resetMs, breaker });
    return (url) => policy.execute(() => send(url).then(rejectFailing));
  },

  "next-protego": async ({ timeoutMs, resetMs }) => {
    const { createProtectedFetch } = await builtPackage();
    return createProtectedFetch({ timeout: timeoutMs, resetTimeout: resetMs });
  },

  "next-protego, hungCalls": async ({ timeoutMs, resetMs }) => {
    const { createProtectedFetch } = await builtPackage();
    const { anyOf, consecutiveFailures, hungCalls } = await builtOptions();
    const opensOn = anyOf(consecutiveFailures(3), hungCalls({ duration: timeoutMs / 4 }));
    return createProtectedFetch({ timeout: timeoutMs, resetTimeout: resetMs, opensOn });
  },
};

function sendsWithin(timeoutMs: number): Guard {
  return (url) => fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
}

function rejectFailing(response: Response): Response {
  if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
  return response;
}
