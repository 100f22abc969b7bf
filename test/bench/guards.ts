import { circuitBreaker, ConsecutiveBreaker, handleAll } from "cockatiel";
import { Redis } from "ioredis";
import CircuitBreaker from "opossum";
import { builtOptions, builtPackage, builtStores } from "./built-package.ts";

export interface GuardOptions {
  readonly timeoutMs: number;
  readonly resetMs: number;
  /** Of the Redis through which those share that can; 0 for none. */
  readonly redisPort: number;
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

/** What only a fleet has. */
export const fleetGuards: typeof guards = {
  "next-protego, shared": async ({ timeoutMs, resetMs, redisPort }) => {
    const { createProtectedFetch } = await builtPackage();
    const { anyOf, consecutiveFailures, hungCalls } = await builtOptions();
    const { redisStore } = await builtStores();
    const opensOn = anyOf(consecutiveFailures(3), hungCalls({ duration: timeoutMs / 4 }));
    const store = redisStore(new Redis(redisPort, "127.0.0.1"));
    return createProtectedFetch({ timeout: timeoutMs, resetTimeout: resetMs, opensOn, store });
  },
};

function sendsWithin(timeoutMs: number): Guard {
  return (url) => fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
}

function rejectFailing(response: Response): Response {
  if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
  return response;
}
