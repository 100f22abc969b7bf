import { circuitBreaker, ConsecutiveBreaker, handleAll, timeout, TimeoutStrategy, wrap } from "cockatiel";
import { createProtectedFetch } from "next-protego";
import { hungCalls, staleIfError, watchBody } from "next-protego/options";
import { memoryStore, shareStore } from "next-protego/store";
import CircuitBreaker from "opossum";

export type Call = () => Promise<unknown>;

const url = "https://api.example.com/products/1";
const timeoutMs = 10_000;
const never = 1e9;

/** Every way to bound the same fetch, the bare one first. */
export function contestants(): Record<string, Call> {
  const send = (init?: RequestInit): Promise<Response> => fetch(url, init);
  const ours = (options: Parameters<typeof createProtectedFetch>[0]): Call => {
    const protectedFetch = createProtectedFetch({ failureThreshold: never, ...options });
    return () => protectedFetch(url);
  };
  const opossum = new CircuitBreaker(() => send(), {
    timeout: timeoutMs,
    volumeThreshold: never,
    rollingPercentilesEnabled: false,
  });
  const cockatiel = wrap(
    timeout(timeoutMs, TimeoutStrategy.Aggressive),
    circuitBreaker(handleAll, { halfOpenAfter: never, breaker: new ConsecutiveBreaker(never) }),
  );
  return {
    "bare fetch": () => send(),
    "async wrapper": async () => {
      try {
        return await send();
      } catch (error) {
        throw error as Error;
      }
    },
    "AbortSignal.timeout": () => send({ signal: AbortSignal.timeout(timeoutMs) }),
    "controller and timer": () => {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), timeoutMs);
      return send({ signal: controller.signal }).finally(() => clearTimeout(timer));
    },
    "opossum, with timeout": () => opossum.fire(),
    "cockatiel, with timeout": () => cockatiel.execute(({ signal }) => send({ signal })),
    "ours, by name, no timeout": ours({ name: "named", timeout: false }),
    "ours, by origin, no timeout": ours({ timeout: false }),
    "ours, by name": ours({ name: "timed" }),
    "ours, by default": ours({}),
    "ours, with a caller's signal": withSignal(),
    "ours, shared": ours({ name: "shared", store: shareStore(memoryStore()) }),
    "ours, hungCalls": ours({ name: "hung", opensOn: hungCalls({ duration: "5s" }) }),
    "ours, watchBody": ours({ name: "watched", watchBody: watchBody() }),
    "ours, staleIfError": ours({ name: "stale", stale: staleIfError() }),
  };
}

function withSignal(): Call {
  const protectedFetch = createProtectedFetch({ name: "signalled", failureThreshold: never });
  return () => protectedFetch(url, { signal: new AbortController().signal });
}
