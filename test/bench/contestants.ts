import { circuitBreaker, ConsecutiveBreaker, handleAll, timeout, TimeoutStrategy, wrap } from "cockatiel";
import CircuitBreaker from "opossum";
import type * as protego from "../../src/index.ts";

type Call = () => Promise<unknown>;

export interface Contestants {
  /** Of calls that succeed. */
  readonly healthy: Record<string, Call>;
  /** Of calls that fail, and never open anything. */
  readonly failing: Record<string, Call>;
  /** Of calls that are refused. */
  readonly refused: Record<string, Call>;
}

export const url = "https://api.example.com/products/1";

/** The least that a breaker of consecutive failures can do, written out by hand. */
function lowerBound(work: () => Promise<unknown>, threshold: number): Call {
  let failures = 0;
  let openUntil = 0;
  return async () => {
    if (openUntil > 0 && performance.now() < openUntil) throw new Error("open");
    try {
      const value = await work();
      failures = 0;
      return value;
    } catch (error) {
      if (++failures >= threshold) openUntil = performance.now() + 60_000;
      throw error;
    }
  };
}

/** Everybody's call of the same function, from the built package and the peers. */
export async function contestants({
  createProtectedFetch,
  protect,
  circuits,
}: typeof protego): Promise<Contestants> {
  const response = new Response();
  const good = () => Promise.resolve(response);
  const error = new TypeError("fetch failed");
  const bad = () => Promise.reject(error);
  const wrapper = (work: () => Promise<unknown>): Call => {
    return async () => {
      try {
        return await work();
      } finally {
        settled.count++;
      }
    };
  };
  const settled = { count: 0 };
  const never = 1e9;
  const ours = (options: object) => {
    const fetch = createProtectedFetch({ timeout: false, fetch: good, ...options });
    return () => fetch(url);
  };
  const cockatiel = (threshold: number) =>
    circuitBreaker(handleAll, { halfOpenAfter: 1e9, breaker: new ConsecutiveBreaker(threshold) });
  const calm = cockatiel(3);
  const stubborn = cockatiel(never);
  const open = cockatiel(1);
  const timed = wrap(timeout(10_000, TimeoutStrategy.Aggressive), cockatiel(3));
  await open.execute(bad).catch(() => {});
  const opossum = (work: () => Promise<unknown>, options: object) => {
    const breaker = new CircuitBreaker(work, options);
    return Object.assign(() => breaker.fire(), { breaker });
  };
  const opossumOpen = opossum(good, { timeout: false, resetTimeout: 1e9 });
  opossumOpen.breaker.open();
  await ours({ name: "open" })();
  circuits.get("open")!.open({ forced: true });
  return {
    healthy: {
      "bare call": good,
      "bare async wrapper": wrapper(good),
      "lower bound, by hand": lowerBound(good, 3),
      "next-protego, protect": protect(good, { name: "protect" }),
      "next-protego, fetch by name": ours({ name: "named" }),
      "next-protego, fetch by origin": ours({}),
      "next-protego, fetch with timeout": ours({ name: "timed", timeout: "10s" }),
      "cockatiel, consecutive": () => calm.execute(good),
      "cockatiel, with timeout": () => timed.execute(good),
      "opossum, no timeout": opossum(good, { timeout: false }),
      "opossum, with timeout": opossum(good, { timeout: 10_000 }),
    },
    failing: {
      "bare async wrapper": wrapper(bad),
      "lower bound, by hand": lowerBound(bad, never),
      "next-protego, fetch by name": ours({ name: "failing", fetch: bad, failureThreshold: never }),
      "cockatiel, consecutive": () => stubborn.execute(bad),
      // Not opossum: its statistics of failures take longer and longer, and the run would not end.
    },
    refused: {
      "next-protego, fetch by name": ours({ name: "open" }),
      "cockatiel, consecutive": () => open.execute(good),
      "opossum, no timeout": opossumOpen,
    },
  };
}
