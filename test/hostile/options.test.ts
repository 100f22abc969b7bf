import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, protect, withProtego } from "../../src/index.ts";
import * as values from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);

const names = (
  "name failureThreshold resetTimeout halfOpenRetries maxRetryAfter maxConcurrent opensOn resetBackoff ramp probe on " +
  "initial store timeout isFailure ignoreErrors fallback enabled watchBody stale"
).split(" ");

/** Functions that answer anything, or throw anything. */
const functions = fc.oneof(
  fc.anything().map((value) => () => value),
  fc.anything().map((value) => () => {
    throw value;
  }),
);

const anyOptions = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof({ weight: 3, arbitrary: fc.anything() }, { weight: 3, arbitrary: functions }),
  { maxKeys: 4 },
);

/** Whether it is refused as a bad option is: by a TypeError or a RangeError of ours. Anything else is thrown on. */
function isRefused(make: () => unknown): boolean {
  try {
    make();
    return false;
  } catch (error) {
    if (
      error instanceof Error &&
      /^next-protego \[bad-option\] .*(must be|there is no option|is an option of|cannot be changed)/s.test(
        error.message,
      )
    )
      return true;
    throw error;
  }
}

const anyStep = fc.record({ fails: fc.boolean(), passMs: fc.constantFrom(0, 1000, 60_000, 3_600_000) });
const response = new Response("answer");

describe("whatever the options are, they are refused with words, or calls go on", () => {
  test("of createProtectedFetch", async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.array(anyStep, { maxLength: 20 }), async (options, steps) => {
        resetCircuits();
        const error = new TypeError("fetch failed");
        let fails = false;
        const fetch = (): Promise<Response> => (fails ? Promise.reject(error) : Promise.resolve(response));
        // What a fallback or a watch of one's own answers is one's own.
        const { fallback: _, watchBody: __, stale: ___, ...rest } = options;
        let made = fetch as typeof globalThis.fetch;
        let now = 0;
        const clock = { now: () => now };
        const given = { failureThreshold: 1, halfOpenRetries: 1, ...rest, clock, fetch } as never;
        if (isRefused(() => (made = createProtectedFetch(given)))) return;
        for (const step of steps) {
          ({ fails } = step);
          now += step.passMs;
          const came = await made("https://a.test/").catch((reason: unknown) => reason);
          const isRefusal = (came as Error | undefined)?.name === "CircuitOpenError";
          expect(isRefusal || came === (fails ? error : response)).toBe(true);
        }
        for (const { retryAfter } of circuits.snapshot()) expect(retryAfter).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
  });

  test("of protect and withProtego", async () => {
    await fc.assert(
      fc.asyncProperty(anyOptions, async (options) => {
        resetCircuits();
        const { fallback: _, ...rest } = options;
        const call = (): Promise<Response> => Promise.resolve(response);
        const given = { name: "a", ...rest } as never;
        let made: Array<() => Promise<Response>> = [];
        if (isRefused(() => (made = [protect(call, given), withProtego(call, given) as typeof call]))) return;
        for (const each of made) {
          const came = await each().catch((reason: unknown) => reason);
          const isRefusal =
            (came as Error | undefined)?.name === "CircuitOpenError" || (came as Response).status === 503;
          expect(isRefusal || came === response).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("of configure, which changes nothing when it refuses", () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        resetCircuits();
        const circuit = circuits.register("a");
        const before = JSON.stringify(circuit.snapshot().options);
        const isAsBefore = (): boolean => JSON.stringify(circuit.snapshot().options) === before;
        expect(!isRefused(() => circuit.configure(options as never)) || isAsBefore()).toBe(true);
        expect(circuit.state).toBe("closed");
      }),
      { numRuns: 2000 },
    );
  });

  test.each(
    Object.entries(values).filter(([name]) => !["logTo", "restoreFrom", "watchedCalls"].includes(name)),
  )("of %s", (_name, make) => {
    const anyArguments = fc.array(
      fc.oneof(
        fc.anything(),
        functions,
        fc.dictionary(
          fc.constantFrom(
            "threshold",
            "window",
            "duration",
            "minimumCalls",
            "factor",
            "max",
            "maxAge",
            "key",
          ),
          fc.anything(),
        ),
      ),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(anyArguments, (args) => {
        let made: unknown;
        const isBad = isRefused(() => (made = (make as (...all: unknown[]) => unknown)(...args)));
        expect(made === undefined).toBe(isBad);
      }),
      { numRuns: 1000 },
    );
  });
});

test("whatever is restored, calls go on, and no circuit stays open for longer than a day", async () => {
  const likeSnapshot = fc.record(
    {
      name: fc.constant("a"),
      state: fc.oneof(fc.constantFrom("open", "half-open", "closed"), fc.anything()),
      retryAfter: fc.oneof(fc.double(), fc.anything()),
      forced: fc.oneof(fc.boolean(), fc.anything()),
      at: fc.oneof(fc.double(), fc.anything()),
    },
    { requiredKeys: ["name"] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(likeSnapshot, fc.anything())), async (snapshots) => {
      resetCircuits();
      const initial = values.restoreFrom(snapshots as never);
      const call = protect(() => Promise.resolve("answer"), { name: "a", initial });
      const came = await call().catch((error: Error) => error.name);
      expect(["answer", "CircuitOpenError"]).toContain(came);
      const { retryAfter } = circuits.get("a")!.snapshot();
      expect(retryAfter).toBeGreaterThanOrEqual(0);
      expect(retryAfter).toBeLessThanOrEqual(24 * 3_600_000);
    }),
    { numRuns: 2000 },
  );
});
