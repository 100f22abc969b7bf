import { circuitBreaker, ConsecutiveBreaker, handleAll, timeout, TimeoutStrategy, wrap } from "cockatiel";
import { Circuit, type Module, SlidingCountBreaker, Timeout } from "mollitia";
import CircuitBreaker from "opossum";
import type { Protego } from "./built-package.ts";
import { lowerBound, lowerBoundByOrigin, lowerBoundTimed } from "./lower-bound.ts";

type Call = () => Promise<unknown>;
type Work = (url: string) => Promise<unknown>;

export interface Contestants {
  /** Of calls that succeed. */
  readonly healthy: Record<string, Call>;
  /** Of calls that fail, and never open anything. */
  readonly failing: Record<string, Call>;
  /** Of calls that are refused. */
  readonly refused: Record<string, Call>;
}

export const url = "https://api.example.com/products/1";

/** Everybody's call of the same function, from the built package and the peers. */
export async function contestants({
  createProtectedFetch,
  protect,
  circuits,
}: Protego): Promise<Contestants> {
  const response = new Response();
  const good = () => Promise.resolve(response);
  const error = new TypeError("fetch failed");
  const bad = () => Promise.reject(error);
  const wrapper = (work: Work): Call => {
    const wrapped = async (...args: Parameters<Work>): Promise<unknown> => {
      try {
        return await work(...args);
      } catch (thrown) {
        settled.failures++;
        throw thrown;
      }
    };
    return () => wrapped(url);
  };
  const settled = { failures: 0 };
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
  await open.execute(() => bad()).catch(() => {});
  const opossum = (work: Work, options: object) => {
    const breaker = new CircuitBreaker(work, options);
    return Object.assign(() => breaker.fire(url), { breaker });
  };
  const mollitia = (name: string, ...modules: Module[]): Call => {
    const breaker = new SlidingCountBreaker({ name: `${name} breaker`, slidingWindowSize: 10 });
    const circuit = new Circuit({ name, func: good, options: { modules: [...modules, breaker] } });
    return () => circuit.execute(url);
  };
  const opossumOpen = opossum(good, { timeout: false, resetTimeout: 1e9 });
  opossumOpen.breaker.open();
  await ours({ name: "open" })();
  circuits.get("open")!.open({ forced: true });
  const protectedWork = protect(good as Work, { name: "protect" });
  const bound = (work: Work, threshold: number): Call => {
    const guarded = lowerBound(work, threshold);
    return () => guarded(url);
  };
  const boundByOrigin = lowerBoundByOrigin(good, 3);
  const boundTimed = lowerBoundTimed(good, 3, 10_000);
  return {
    healthy: {
      "bare call": () => good(),
      "bare async wrapper": wrapper(good),
      "lower bound, by hand": bound(good, 3),
      "lower bound by origin, by hand": () => boundByOrigin(url),
      "with timeout, by hand": () => boundTimed(url),
      "next-protego, protect": () => protectedWork(url),
      "next-protego, fetch by name": ours({ name: "named" }),
      "next-protego, fetch by origin": ours({}),
      "next-protego, fetch with timeout": ours({ name: "timed", timeout: "10s" }),
      "next-protego, fetch by default": ours({ timeout: undefined }),
      "cockatiel, consecutive": () => calm.execute(() => good()),
      "cockatiel, with timeout": () => timed.execute(() => good()),
      "mollitia, no timeout": mollitia("bare"),
      "mollitia, with timeout": mollitia("timed", new Timeout({ name: "timeout", delay: 10_000 })),
      "opossum, no timeout": opossum(good, { timeout: false }),
      "opossum, with timeout": opossum(good, { timeout: 10_000 }),
    },
    failing: {
      "bare async wrapper": wrapper(bad),
      "lower bound, by hand": bound(bad, never),
      "next-protego, fetch by name": ours({ name: "failing", fetch: bad, failureThreshold: never }),
      "cockatiel, consecutive": () => stubborn.execute(() => bad()),
      // With its percentiles, opossum sorts the latencies of the last ten seconds at each failure: the run would not end.
      "opossum, no percentiles": opossum(bad, {
        timeout: false,
        rollingPercentilesEnabled: false,
        volumeThreshold: never,
      }),
    },
    refused: {
      "next-protego, fetch by name": ours({ name: "open" }),
      "cockatiel, consecutive": () => open.execute(() => good()),
      "opossum, no timeout": opossumOpen,
    },
  };
}
