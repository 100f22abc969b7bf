import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, type PolicyOptions, protect } from "../../src/index.ts";
import { optionsOf } from "../../src/breaker/option-owners.ts";
import {
  healthProbe,
  anyOf,
  consecutiveFailures,
  exponentialBackoff,
  failureRate,
  hungCalls,
  opensWhen,
  ramp,
  shedExcess,
  slowCalls,
} from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
beforeEach(() => {
  resetCircuits();
  vi.stubEnv("NODE_ENV", "development");
});
afterEach(() => {
  warn.mockClear();
  vi.unstubAllEnvs();
});

let serial = 0;
const nextName = (): string => `owned ${++serial}`;

/** What was told of a circuit. */
const told = (name: string): string[] =>
  warn.mock.calls
    .map(([line]) => String(line))
    .filter((line) => line.includes(`[two-values] circuit "${name}"`));

const succeeding = (name: string, options: object = {}) =>
  protect(() => Promise.resolve("fine"), { name, ...options });
const failing = (name: string, options: object = {}) => {
  const call = protect(() => Promise.reject(new Error("down")), { name, ...options });
  return () => call().catch((error: Error) => error.name);
};
const inForce = (name: string): PolicyOptions => circuits.get(name)!.snapshot().options;

describe("a wrapper that does not mention a circuit's option leaves it alone", () => {
  const values: PolicyOptions = {
    failureThreshold: 10,
    resetTimeout: 5000,
    halfOpenRetries: 4,
    maxRetryAfter: 1000,
    maxConcurrent: 7,
    opensOn: failureRate({ threshold: 0.5 }),
    resetBackoff: exponentialBackoff(),
    ramp: ramp("10s"),
    probe: healthProbe(() => {}),
  };

  test.each(Object.entries(values))("%s", async (option, value) => {
    const name = nextName();
    await succeeding(name, { [option]: value })();
    const before = inForce(name);
    await succeeding(name)();
    expect(inForce(name)).toEqual(before);
    expect(inForce(name)).toMatchObject({ [option]: value });
  });

  test("nor does it change the clock or the listener", async () => {
    const name = nextName();
    const clock = testClock();
    const heard: string[] = [];
    const fail = failing(name, {
      failureThreshold: 1,
      clock,
      on: ({ type }: { type: string }) => heard.push(type),
    });
    await fail();
    await succeeding(name)().catch(() => {});
    expect(heard.slice(1)).toEqual(["call.allowed", "call.failed", "circuit.changed", "call.refused"]);
    clock.advance("60s");
    expect(circuits.get(name)!.state).toBe("half-open");
  });

  test("each of several options holds, whoever gave it", async () => {
    const name = nextName();
    await succeeding(name, { failureThreshold: 10 })();
    await succeeding(name, { resetTimeout: "5s" })();
    await succeeding(name, { halfOpenRetries: 4 })();
    expect(inForce(name)).toMatchObject({ failureThreshold: 10, resetTimeout: 5000, halfOpenRetries: 4 });
    expect(told(name)).toEqual([]);
  });

  test("the failures so far stay, too", async () => {
    const name = nextName();
    const fail = failing(name, { failureThreshold: 3 });
    await fail();
    await fail();
    await failing(name)();
    expect(circuits.get(name)!.state).toBe("open");
  });
});

describe("no wrapper undoes", () => {
  test("what configure set, until reset", async () => {
    const name = nextName();
    await succeeding(name, { failureThreshold: 10 })();
    circuits.get(name)!.configure({ failureThreshold: 5 });
    await succeeding(name, { failureThreshold: 8 })();
    expect(inForce(name).failureThreshold).toBe(5);
    circuits.get(name)!.reset();
    expect(inForce(name).failureThreshold).toBe(8);
  });

  test("what register set, also not by reset", async () => {
    const name = nextName();
    circuits.register(name, { failureThreshold: 5 });
    await succeeding(name, { failureThreshold: 8, resetTimeout: "5s" })();
    expect(inForce(name)).toMatchObject({ failureThreshold: 5, resetTimeout: 5000 });
    circuits.get(name)!.reset();
    expect(inForce(name)).toMatchObject({ failureThreshold: 5, resetTimeout: 5000 });
  });

  test("and configure changes what register set, one option at a time", () => {
    const circuit = circuits.register(nextName(), { failureThreshold: 5 });
    circuit.configure({ failureThreshold: 6 });
    circuit.configure({ resetTimeout: "1s" });
    expect(circuit.snapshot().options).toMatchObject({ failureThreshold: 6, resetTimeout: 1000 });
  });
});

describe("two wrappers, two values", () => {
  test("that of the wrapper made last holds, whichever is called first, and it is told once, with both", async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const name = nextName();
      const wrappers = [
        succeeding(name, { failureThreshold: 4, resetTimeout: "5s" }),
        succeeding(name, { failureThreshold: 9, resetTimeout: 5000 }),
      ];
      for (const index of [...order, ...order]) await wrappers[index]!();
      expect(inForce(name)).toMatchObject({ failureThreshold: 9, resetTimeout: 5000 });
      expect(told(name)).toHaveLength(1);
      expect(told(name)[0]).toMatch(/failureThreshold/);
      expect(told(name)[0]).toMatch(/\b4\b.*\b9\b|\b9\b.*\b4\b/);
    }
  });

  test("nothing is told of a wrapper that is not called any more: a hot reload has replaced it", async () => {
    const name = nextName();
    for (const failureThreshold of [4, 9, 5]) {
      const edited = succeeding(name, { failureThreshold });
      await edited();
      await edited();
    }
    expect(inForce(name).failureThreshold).toBe(5);
    expect(told(name)).toEqual([]);
  });

  test("it is told when one is called again after such an edit of the other, with the values that are", async () => {
    const name = nextName();
    const stays = succeeding(name, { failureThreshold: 4 });
    await stays();
    await succeeding(name, { failureThreshold: 9 })();
    await succeeding(name, { failureThreshold: 5 })();
    await stays();
    await stays();
    expect(inForce(name).failureThreshold).toBe(5);
    expect(told(name)).toEqual([expect.stringMatching(/ failureThreshold 5 and 4: 5 holds/)]);
  });

  test("of a wrapper that names its circuits, each is told", async () => {
    const names = [nextName(), nextName()];
    const byName = (failureThreshold: number) => {
      const call = protect((name: string) => Promise.resolve(name), {
        name: (name) => name,
        failureThreshold,
      });
      return async () => {
        for (const name of names) await call(name);
      };
    };
    const first = byName(4);
    await first();
    await byName(9)();
    expect(names.flatMap(told)).toEqual([]);
    await first();
    expect(names.map((name) => told(name).length)).toEqual([1, 1]);
    expect(names.map((name) => inForce(name).failureThreshold)).toEqual([9, 9]);
  });

  test("what register gave over a wrapper is told when that one is called again", async () => {
    const name = nextName();
    const call = succeeding(name, { failureThreshold: 4 });
    circuits.register(name, { failureThreshold: 9 });
    await call();
    expect(told(name)).toHaveLength(1);
    expect(inForce(name).failureThreshold).toBe(9);
  });

  const rules = {
    "another share": [failureRate({ threshold: 0.5 }), failureRate({ threshold: 0.6 })],
    "another minimum": [
      failureRate({ threshold: 0.5, minimumCalls: 5 }),
      failureRate({ threshold: 0.5, minimumCalls: 6 }),
    ],
    "another count": [consecutiveFailures(4), consecutiveFailures(5)],
    "another slowness": [
      slowCalls({ duration: "1s", threshold: 0.5 }),
      slowCalls({ duration: "2s", threshold: 0.5 }),
    ],
    "more hung calls": [hungCalls({ duration: "1s" }), hungCalls({ duration: "1s", threshold: 9 })],
    "another multiplier": [shedExcess({ multiplier: 1.5 }), shedExcess({ multiplier: 1.6 })],
    "a part of another": [
      anyOf(consecutiveFailures(3), failureRate({ threshold: 0.5 })),
      anyOf(consecutiveFailures(3), failureRate({ threshold: 0.6 })),
    ],
  };
  test.each(Object.entries(rules))("of a rule: %s", async (_what, [one, other]) => {
    const name = nextName();
    const first = succeeding(name, { opensOn: one });
    await first();
    await succeeding(name, { opensOn: other })();
    await first();
    expect(inForce(name).opensOn).toBe(other);
    expect(told(name)).toHaveLength(1);
    expect(told(name)[0]).toMatch(/opensOn/);
  });

  test.each([
    [
      "failureRate",
      () => failureRate({ threshold: 0.5, window: "10s" }),
      () => failureRate({ threshold: 0.5 }),
    ],
    [
      "slowCalls",
      () => slowCalls({ duration: "1s", threshold: 1 }),
      () => slowCalls({ duration: 1000, threshold: 1 }),
    ],
    ["hungCalls", () => hungCalls({ duration: "1s" }), () => hungCalls({ duration: 1000, threshold: 3 })],
    ["shedExcess", () => shedExcess(), () => shedExcess({ window: "2m" })],
    ["anyOf", () => anyOf(consecutiveFailures(3)), () => anyOf(consecutiveFailures(3))],
  ])("equal %s are not two", async (_what, one, other) => {
    const name = nextName();
    await succeeding(name, { opensOn: one() })();
    await succeeding(name, { opensOn: other() })();
    expect(told(name)).toEqual([]);
  });

  test.each<[string, (threshold: number) => PolicyOptions]>([
    ["opensWhen", (threshold) => ({ opensOn: opensWhen(({ failures }) => failures >= threshold) })],
    [
      "anyOf with a rule of one's own in it",
      (threshold) => ({ opensOn: anyOf(opensWhen(({ failures }) => failures >= threshold)) }),
    ],
  ])("a function is made anew at each hot reload: %s holds and nothing is told", async (_what, options) => {
    const name = nextName();
    const clock = testClock();
    await failing(name, { clock, ...options(5) })();
    const fail = failing(name, { clock, ...options(3) });
    await fail();
    expect(circuits.get(name)!.state).toBe("closed");
    await fail();
    expect(circuits.get(name)!.state).toBe("open");
    expect(told(name)).toEqual([]);
  });
});

describe("an option that is edited takes effect under the same name", () => {
  const edited: Array<[string, PolicyOptions, PolicyOptions]> = [
    ["resetBackoff", { resetBackoff: () => 1000 }, { resetBackoff: () => 2000 }],
    ["exponentialBackoff", { resetBackoff: exponentialBackoff() }, { resetBackoff: exponentialBackoff() }],
    ["ramp", { ramp: ramp("10s") }, { ramp: ramp("20s") }],
    ["probe", { probe: healthProbe(() => {}) }, { probe: healthProbe(() => {}) }],
    ["maxConcurrent", { maxConcurrent: 3 }, { maxConcurrent: 4 }],
  ];
  test.each(edited)("%s", async (_what, before, after) => {
    const name = nextName();
    await succeeding(name, before)();
    await succeeding(name, after)();
    const [option] = Object.keys(after) as Array<keyof PolicyOptions>;
    expect(inForce(name)[option!]).toBe(after[option!]);
  });

  test("a back-off that is edited decides about the next opening", async () => {
    const name = nextName();
    const clock = testClock();
    const made = (ms: number) => failing(name, { clock, failureThreshold: 1, resetBackoff: () => ms });
    await made(1000)();
    expect(circuits.get(name)!.snapshot().retryAfter).toBe(1000);
    clock.advance(1000);
    await made(7000)();
    expect(circuits.get(name)!.snapshot().retryAfter).toBe(7000);
  });

  test("a threshold of a rule that is edited counts the calls so far", async () => {
    const name = nextName();
    const clock = testClock();
    const made = (threshold: number) =>
      failing(name, { clock, opensOn: failureRate({ threshold, minimumCalls: 4 }) });
    const first = made(1);
    await first();
    await first();
    await succeeding(name)();
    await made(0.75)();
    expect(circuits.get(name)!.state).toBe("open");
  });
});

test("every option has one owner", () => {
  const all = Object.values(optionsOf).flatMap((options) => Object.keys(options));
  expect(new Set(all).size).toBe(all.length);
});
