import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, type CircuitOptions, type ProtegoEvent, protect } from "../../src/index.ts";
import {
  anyOf,
  consecutiveFailures,
  exponentialBackoff,
  failureRate,
  hungCalls,
  opensWhen,
  shedExcess,
  slowCalls,
  trials,
} from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

type Changed = Extract<ProtegoEvent, { type: "circuit.changed" }>;

beforeEach(resetCircuits);
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A circuit whose calls end as a word says: good, bad, slow. */
function upstream(options: CircuitOptions = {}) {
  const clock = testClock();
  const changes: Changed[] = [];
  let ends = "g";
  const call = protect(
    () => {
      if (ends === "s") clock.advance("5s");
      return ends === "b" ? Promise.reject(new RangeError("down")) : Promise.resolve("fine");
    },
    {
      name: "upstream",
      clock,
      on: (event) => void (event.type === "circuit.changed" && changes.push(event)),
      ...options,
    },
  );
  return {
    clock,
    changes,
    circuit: () => circuits.get("upstream")!,
    feed: async (outcomes: string) => {
      for (ends of outcomes) await call().catch(() => {});
    },
  };
}

describe("a snapshot tells the rule's own figures", () => {
  const cases: Array<[string, CircuitOptions, string, object]> = [
    ["failures in a row", {}, "gbb", { rule: "consecutive-failures", failures: 2 }],
    [
      "a share",
      { opensOn: failureRate({ threshold: 0.9, window: "1m" }) },
      "gbbg",
      { rule: "failureRate(60000ms)", failures: 2, calls: 4, rate: 0.5, window: "60000ms" },
    ],
    [
      "slow calls",
      { opensOn: slowCalls({ duration: "1s", threshold: 0.9, window: 100 }) },
      "gsgb",
      { rule: "slowCalls(100)", failures: 1, slow: 1, calls: 4, rate: 0.25, window: "100" },
    ],
    [
      "a rule of one's own",
      { opensOn: opensWhen(() => false, { window: 50 }) },
      "bgbb",
      { rule: "opensWhen(50)", failures: 3, calls: 4, rate: 0.75, consecutiveFailures: 2, window: "50" },
    ],
    ["shedding", { opensOn: shedExcess() }, "gggb", { failures: 1, calls: 4, rate: 0.25 }],
    [
      "hung calls",
      { opensOn: hungCalls({ duration: "1s" }) },
      "gg",
      { rule: "hungCalls(1000)", failures: 0 },
    ],
    ["nothing yet", { opensOn: failureRate({ threshold: 0.9 }) }, "", { failures: 0, calls: 0, rate: 0 }],
    [
      "any of several, each",
      { opensOn: anyOf(consecutiveFailures(9), failureRate({ threshold: 1, window: 10 })) },
      "gbb",
      {
        failures: 2,
        rules: [
          { rule: "consecutive-failures", failures: 2 },
          { calls: 3, failures: 2 },
        ],
      },
    ],
  ];
  test.each(cases)("of %s", async (_what, options, outcomes, figures) => {
    const { feed, circuit } = upstream(options);
    if (outcomes === "") circuits.register("upstream", options);
    await feed(outcomes);
    expect(circuit().snapshot().figures).toMatchObject(figures);
  });

  test("while it is open and half-open, those that opened it", async () => {
    const { feed, circuit, clock } = upstream({
      opensOn: failureRate({ threshold: 0.5, minimumCalls: 4 }),
      halfOpenRetries: trials({ successes: 3, concurrent: 2, tolerate: 0.4 }),
    });
    await feed("ggbb");
    const figures = { failures: 2, calls: 4, rate: 0.5 };
    expect(circuit().snapshot()).toMatchObject({ state: "open", failures: 2, figures, trials: undefined });
    clock.advance("60s");
    expect(circuit().snapshot()).toMatchObject({ state: "half-open", failures: 2, figures });
    await feed("gb");
    const progress = { running: 0, succeeded: 1, failed: 1, needed: 3 };
    expect(circuit().snapshot()).toMatchObject({ figures, trials: progress });
    await feed("bb");
    expect(circuit().snapshot()).toMatchObject({ state: "open", figures, openings: 2 });
    circuit().close();
    expect(circuit().snapshot()).toMatchObject({ failures: 0, figures: { calls: 0 }, openings: 0 });
  });

  test("how long it has not been closed", async () => {
    const { feed, circuit, clock } = upstream();
    await feed("g");
    expect(circuit().snapshot().notClosedMs).toBeUndefined();
    await feed("bbb");
    clock.advance("70s");
    expect(circuit().snapshot()).toMatchObject({ state: "half-open", notClosedMs: 70_000 });
    await feed("b");
    clock.advance("10s");
    expect(circuit().snapshot()).toMatchObject({ state: "open", notClosedMs: 80_000 });
    circuit().close();
    expect(circuit().snapshot().notClosedMs).toBeUndefined();
  });

  test("a rule of one's own that throws when it is asked breaks neither", async () => {
    const rule = { ...consecutiveFailures(2), failures: () => JSON.parse("{") as number };
    const { feed, circuit } = upstream({ opensOn: rule });
    await feed("bb");
    expect(circuit().snapshot()).toMatchObject({ state: "open", failures: 0 });
  });
});

describe("circuit.changed tells why", () => {
  test("the figures, the last failure in words, how long it was not closed", async () => {
    const { feed, clock, changes } = upstream();
    await feed("bbb");
    clock.advance("60s");
    await feed("b");
    clock.advance("60s");
    await feed("gg");
    const failure = "RangeError: down";
    const figures = { rule: "consecutive-failures", failures: 3 };
    const type = "circuit.changed";
    const circuit = "upstream";
    expect(changes).toEqual(
      [
        { from: "closed", to: "open", reason: "calls", figures, failure },
        { from: "open", to: "half-open", reason: "time", figures, failure, notClosedMs: 60_000 },
        { from: "half-open", to: "open", reason: "calls", figures, failure, notClosedMs: 60_000 },
        { from: "open", to: "half-open", reason: "time", figures, failure, notClosedMs: 120_000 },
        { from: "half-open", to: "closed", reason: "calls", failure, notClosedMs: 120_000 },
      ].map((rest) => ({ type, circuit, ...rest })),
    );
  });

  test("and who gave the command", async () => {
    const { feed, circuit, changes } = upstream();
    await feed("g");
    circuit().open({ by: "alice" });
    circuit().halfOpen({ by: "bob" });
    circuit().close({ by: "carol", forced: true });
    circuit().open();
    circuit().reset({ by: "dave" });
    expect(changes.map(({ to, reason, by }) => `${to} ${reason} ${by}`)).toEqual([
      "open command alice",
      "half-open command bob",
      "closed command carol",
      "open command undefined",
      "closed command dave",
    ]);
  });

  test("whatever was thrown", async () => {
    for (const thrown of [Object.create(null), Symbol("s"), { toString: 1 }, new Proxy({}, {})]) {
      resetCircuits();
      const heard: Array<string | undefined> = [];
      const call = protect(() => Promise.reject(thrown as Error), {
        name: "odd",
        failureThreshold: 1,
        on: (event) => void (event.type === "circuit.changed" && heard.push(event.failure)),
      });
      await call().catch(() => {});
      expect(heard).toHaveLength(1);
      expect(typeof circuits.get("odd")!.snapshot().lastFailure).toBe("string");
    }
  });
});

test("a back-off of one's own is asked for the first opening with 1, never with 0", async () => {
  const asked: number[] = [];
  const { feed, clock } = upstream({
    failureThreshold: 1,
    resetBackoff: (ms, trips, random) => (asked.push(trips), exponentialBackoff()(ms, trips, random)),
  });
  await feed("b");
  clock.advance("10m");
  await feed("b");
  expect(asked).toEqual([1, 2]);
});

describe("one line of the console for each change of state", () => {
  const lines = async (environment: string, options: CircuitOptions = {}): Promise<string[]> => {
    vi.stubEnv("NODE_ENV", environment);
    const heard: string[] = [];
    vi.spyOn(console, "warn").mockImplementation((line) => heard.push(`warn ${line}`));
    vi.spyOn(console, "info").mockImplementation((line) => heard.push(`info ${line}`));
    const { feed, clock, circuit } = upstream(options);
    await feed("gbbbb");
    clock.advance("60s");
    await feed("ggg");
    circuit().open({ by: "alice" });
    return heard;
  };

  test.each(["production", "development"])("in %s, with the reason", async (environment) => {
    expect(await lines(environment)).toEqual([
      'warn next-protego [circuit-changed] "upstream" closed -> open (calls; failures: 3; RangeError: down)',
      'info next-protego [circuit-changed] "upstream" open -> half-open (time; failures: 3; RangeError: down)',
      'info next-protego [circuit-changed] "upstream" half-open -> closed (calls; RangeError: down)',
      'warn next-protego [circuit-changed] "upstream" closed -> open (alice; RangeError: down)',
    ]);
  });

  test("whatever is in a name, a failure or an author, none forges another line", async () => {
    vi.stubEnv("NODE_ENV", "production");
    const heard: string[] = [];
    vi.spyOn(console, "warn").mockImplementation((line) => heard.push(String(line)));
    const forged = '\r\nnext-protego [circuit-changed] "payments" open -> closed (ada)\u001b[2J\u2028';
    const error = new Error(`\nInvalid \`prisma.user()\`:\n\n${forged}`);
    const call = protect(() => Promise.reject(error), { name: `tenant"${forged}`, failureThreshold: 1 });
    await call().catch(() => {});
    circuits.list()[0]!.close();
    circuits.list()[0]!.open({ by: `ada${forged}` });
    expect(heard).toHaveLength(2);
    // oxlint-disable-next-line no-control-regex
    for (const line of heard)
      expect(line).toMatch(/^next-protego \[circuit-changed\] "tenant\\"[^\p{Cc}\u2028]+$/u);
  });

  test("none in tests, and none of a circuit that is quiet", async () => {
    expect(await lines("test")).toEqual([]);
    expect(await lines("production", { quiet: true })).toEqual([]);
  });

  test("quiet is the circuit's, and true or false", async () => {
    expect(await lines("production")).toHaveLength(4);
    expect(() => upstream({ quiet: "yes" as never })).toThrow(/"quiet" must be true or false; got "yes"/);
  });
});
