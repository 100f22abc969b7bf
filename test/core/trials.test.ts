import { describe, expect, test } from "vitest";
import { look } from "../../src/core/machine.ts";
import type { Permit } from "../../src/core/phase.ts";
import { type Duration, protect, circuits } from "../../src/index.ts";
import { trials } from "../../src/options.ts";
import { testClock } from "../../src/testing.ts";
import { DrivenMachine } from "./driven-machine.ts";

/** A machine that is half-open from the start, with resetTimeout 10 and a lease of 50. */
function halfOpen(options: Parameters<typeof trials>[0]): DrivenMachine {
  const { successes, concurrent, tolerated, slowMs, everyMs, longestStayMs } = trials(options).settings;
  const machine = new DrivenMachine({
    failureThreshold: 1,
    resetTimeout: 10,
    lease: 50,
    halfOpenRetries: successes,
    concurrent,
    tolerated,
    slow: slowMs,
    every: everyMs,
    longest: longestStayMs,
  });
  machine.take({ do: "command", state: "half-open", forced: false });
  return machine;
}

/** Trials one after the other: good, bad, ignored. The states after each. */
function after(machine: DrivenMachine, outcomes: string): string[] {
  return outcomes.split("").map((outcome) => {
    const permit = machine.ask();
    const verdict = outcome === "g" ? "success" : outcome === "b" ? "failure" : "ignored";
    if (permit) machine.settle(permit, verdict);
    return machine.phase.state;
  });
}

describe("how many must succeed, and how many may fail", () => {
  test.each([
    [{ successes: 3 }, "ggg", "closed", 3],
    [{ successes: 3 }, "ggb", "open", 3],
    [{ successes: 1 }, "g", "closed", 1],
    [{}, "gg", "closed", 2],
    [{ successes: 4, tolerate: 0.2 }, "bgggg", "closed", 5],
    [{ successes: 4, tolerate: 0.2 }, "gbgb", "open", 4],
    [{ successes: 4, tolerate: 0.19 }, "b", "open", 1],
    [{ successes: 1, tolerate: 0.5 }, "bg", "closed", 2],
    [{ successes: 2, tolerate: 0.5 }, "bbgg", "closed", 4],
    [{ successes: 7, tolerate: 0.3 }, "bbbggggggg", "closed", 10],
    [{ successes: 7, tolerate: 0.3 }, "bbbb", "open", 4],
    [{ successes: 4, tolerate: 0.2 }, "iibiggigg", "closed", 9],
  ] as const)("%j: %s ends %s, at trial %i", (options, outcomes, end, decisive) => {
    const states = after(halfOpen(options), outcomes);
    expect(states.indexOf(end) + 1).toBe(decisive);
    expect(states.slice(0, decisive - 1).every((state) => state === "half-open")).toBe(true);
  });
});

test.each([
  [{ successes: 5, concurrent: 2 }, 2],
  [{ successes: 5 }, 5],
  [{ successes: 2, concurrent: 9 }, 2],
])("%j lets %i run at a time", (options, running) => {
  const machine = halfOpen(options);
  const granted = Array.from({ length: 12 }, () => machine.ask()).filter(Boolean) as Permit[];
  expect(granted).toHaveLength(running);
  machine.settle(granted[0]!, "success");
  expect(machine.ask() !== undefined).toBe(running < (options.successes ?? 2));
});

describe("a slow trial", () => {
  test.each([
    [20, "closed"],
    [21, "open"],
  ])("of %i ms, where 20 are allowed, leaves the circuit %s", (ms, state) => {
    const machine = halfOpen({ successes: 1, slow: 20 });
    const trial = machine.ask()!;
    machine.now += ms;
    machine.settle(trial, "success");
    expect(machine.phase.state).toBe(state);
  });

  test("is one of those that may fail", () => {
    const machine = halfOpen({ successes: 1, tolerate: 0.5, slow: 20 });
    const trial = machine.ask()!;
    machine.now += 21;
    machine.settle(trial, "success");
    expect(machine.phase).toMatchObject({ state: "half-open", failures: 1, successes: 0 });
  });

  test("that is ignored is ignored", () => {
    const machine = halfOpen({ successes: 1, slow: 20 });
    const trial = machine.ask()!;
    machine.now += 21;
    machine.settle(trial, "ignored");
    expect(machine.phase.state).toBe("half-open");
  });
});

describe("trials paced", () => {
  test("begin one by one, and a refusal says when the next may", () => {
    const machine = halfOpen({ successes: 3, every: 10 });
    expect(machine.ask()).toBeDefined();
    machine.now += 4;
    expect([machine.ask(), machine.retryAfter]).toEqual([undefined, 6]);
    machine.now += 6;
    expect(machine.ask()).toBeDefined();
  });

  test("wait for a place and for their pause, whichever is longer", () => {
    const machine = halfOpen({ successes: 3, concurrent: 1, every: 10 });
    machine.ask();
    expect([machine.ask(), machine.retryAfter]).toEqual([undefined, 50]);
    machine.now += 50;
    machine.ask();
    machine.take({ do: "settle", pick: 0, verdict: "success" });
    expect([machine.ask(), machine.retryAfter]).toEqual([undefined, 10]);
  });

  test("do not wait longer because the clock stepped back", () => {
    const machine = halfOpen({ successes: 3, every: 10 });
    machine.now = 1000;
    machine.ask();
    machine.now = 0;
    expect([machine.ask(), machine.retryAfter]).toEqual([undefined, 10]);
    machine.now += 10;
    expect(machine.ask()).toBeDefined();
  });
});

describe("the longest stay", () => {
  test("ends open, as if somebody had looked at that moment", () => {
    const machine = halfOpen({ longest: 100 });
    machine.ask();
    machine.now = 99;
    expect(look(machine.phase, machine.policy, 99).state).toBe("half-open");
    machine.now = 100;
    expect([machine.ask(), machine.retryAfter, machine.phase.state]).toEqual([undefined, 10, "open"]);
    machine.now = 104;
    expect([machine.ask(), machine.retryAfter]).toEqual([undefined, 6]);
  });

  test("of a circuit that nobody called is no reason to refuse: its opening is over, too", () => {
    const machine = halfOpen({ successes: 2, longest: 100 });
    machine.take({ do: "ask" });
    machine.take({ do: "settle", pick: 0, verdict: "success" });
    machine.now = 5000;
    expect(machine.ask()).toBeDefined();
    expect(machine.phase).toMatchObject({ state: "half-open", successes: 0, since: 5000 });
  });

  test("is no failure: the next opening is not longer than the last", () => {
    const machine = halfOpen({ longest: 100 });
    const { trips } = machine.phase;
    machine.now = 100;
    machine.ask();
    expect(machine.phase.trips).toBe(trips);
  });
});

test.each<[object, RegExp]>([
  [{ successes: 0 }, /"trials.successes" must be a whole number/],
  [{ concurrent: 1.5 }, /"trials.concurrent" must be a whole number/],
  [{ tolerate: 1 }, /"trials.tolerate" must be a share of at least 0 and less than 1/],
  [{ tolerate: -0.1 }, /"trials.tolerate"/],
  [{ tolerate: "0.2" }, /"trials.tolerate".*got "0.2"$/],
  [{ slow: 0 }, /"trials.slow" must be more than no time/],
  [{ every: "soon" }, /"trials.every" must be milliseconds/],
  [{ longest: "0s" }, /"trials.longest"/],
  [
    { successes: 5, every: "1s", longest: "4s" },
    /"trials.longest" must be long enough for 5 trials, one each 1000 ms/,
  ],
  [{ success: 5 }, /there is no option "success"; did you mean "successes"/],
])("%j is refused", (options, words) => {
  expect(() => trials(options)).toThrow(words);
});

test("trials of another kind than a number or trials(…) are refused", () => {
  expect(() => circuits.register("x", { halfOpenRetries: { successes: 5 } as never })).toThrow(
    /"halfOpenRetries" must be a whole number of at least 1, or trials\(…\)/,
  );
});

test("a wrapper, register and configure take them, and a snapshot tells them as plain data", async () => {
  const clock = testClock();
  const slow: Duration = "2s";
  const inFull = trials({ successes: 2, concurrent: 1, slow });
  let tookMs = 0;
  const call = protect(
    () => {
      clock.advance(tookMs);
      return Promise.resolve("fine");
    },
    { name: "in full", clock, halfOpenRetries: inFull },
  );
  await call();
  const circuit = circuits.get("in full")!;
  expect(JSON.parse(JSON.stringify(circuit.snapshot().options))).toMatchObject({
    halfOpenRetries: { settings: { successes: 2, concurrent: 1, slowMs: 2000 } },
  });
  circuit.halfOpen();
  tookMs = 2001;
  await call();
  expect(circuit.state).toBe("open");
  circuit.configure({ halfOpenRetries: 1 });
  circuit.halfOpen();
  await call();
  expect(circuit.state).toBe("closed");
});
