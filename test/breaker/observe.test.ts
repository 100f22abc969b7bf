import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(() => {
  resetCircuits();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const pause = (ms: number): Promise<string> => new Promise((resolve) => setTimeout(resolve, ms, "slow"));
const options = { name: "observed", enabled: "observe", timeout: 50, failureThreshold: 1 } as const;

const wrappers: Array<[string, (upstream: () => Promise<unknown>) => () => Promise<unknown>]> = [
  ["protect", (upstream) => protect(upstream, options)],
  [
    "fetch",
    (upstream) => {
      const fetch = createProtectedFetch({ ...options, fetch: upstream as never });
      return () => fetch("https://observed.test/");
    },
  ],
  [
    "a generator",
    (upstream) => {
      const generate = protect(async function* () {
        yield await upstream();
      }, options);
      return async () => {
        for await (const _ of generate());
      };
    },
  ],
];

test.each(wrappers)(
  "%s that observes goes on to judge and to time calls while the circuit is open",
  async (_, wrap) => {
    let upstream = (): Promise<unknown> => pause(300);
    const call = wrap(() => upstream());
    const totals = () => circuits.get("observed")!.snapshot().totals;
    const outcome = async (): Promise<unknown> => {
      const settled = call().then(
        () => "answered",
        (error: Error) => error.name,
      );
      await vi.advanceTimersByTimeAsync(60);
      return Promise.race([settled, Promise.resolve("still waiting")]);
    };
    expect(await outcome()).toBe("TimeoutError");
    expect(circuits.get("observed")!.state).toBe("open");
    expect(await outcome()).toBe("TimeoutError");
    expect(totals()).toMatchObject({ allowed: 2, failed: 2, observed: 1, refused: 0 });
    upstream = () => Promise.resolve(new Response());
    expect(await outcome()).toBe("answered");
    expect(totals()).toMatchObject({ allowed: 3, failed: 2, succeeded: 1, observed: 2 });
    expect(circuits.get("observed")!.snapshot()).toMatchObject({ state: "open", inFlight: 0 });
    await vi.advanceTimersByTimeAsync(60_000);
    for (let trial = 0; trial < 2; trial++) expect(await outcome()).toBe("answered");
    expect(circuits.get("observed")!.state).toBe("closed");
  },
);
