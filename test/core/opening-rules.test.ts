import { describe, expect, test } from "vitest";
import type { OpeningRule } from "../../src/index.ts";
import {
  anyOf,
  consecutiveFailures,
  failureRate,
  hungCalls,
  opensWhen,
  shedExcess,
  slowCalls,
} from "../../src/options.ts";

type AnyRule = OpeningRule<never>;

/** Feeds a rule outcomes, one a millisecond from 0 on: `f`ailures and `s`uccesses of the same duration. */
function fed<Tally>(
  rule: OpeningRule<Tally>,
  outcomes: string,
  durationMs = 0,
): { tally: Tally; now: number } {
  let tally = rule.begin(0);
  let now = 0;
  for (const each of outcomes) {
    tally = rule.record(tally, each === "f" ? "failure" : "success", now, durationMs);
    now++;
  }
  return { tally, now };
}

describe("a share opens from exactly its threshold and its minimum on", () => {
  test.each<[string, number, number, boolean]>([
    ["ffssf", 0.6, 5, true],
    ["ffsss", 0.6, 5, false],
    ["fff", 0.6, 4, false],
    ["fffs", 0.75, 4, true],
    ["ssss", 0.01, 4, false],
    ["ffff", 1, 4, true],
    ["fffs", 1, 4, false],
  ])("%s with a threshold of %d and at least %d calls: %j", (outcomes, threshold, minimumCalls, opens) => {
    const rule = failureRate({ threshold, minimumCalls, window: "10s" });
    const { tally, now } = fed(rule as OpeningRule, outcomes);
    expect(rule.trips(tally as never, now)).toBe(opens);
    expect(rule.failures(tally as never, now)).toBe(outcomes.split("f").length - 1);
  });

  test.each<[number, boolean]>([
    [1999, false],
    [2000, false],
    [2001, true],
  ])("a call of %d ms is slower than 2 s: %j, failed or not", (durationMs, isSlow) => {
    const rule = slowCalls({ duration: "2s", threshold: 1, minimumCalls: 2, window: 10 });
    for (const outcomes of ["ss", "ff"]) {
      const { tally, now } = fed(rule as OpeningRule, outcomes, durationMs);
      expect(rule.trips(tally as never, now)).toBe(isSlow);
    }
  });

  test("the largest window keeps ten thousand calls, and lets go of what came before", () => {
    const rule = failureRate({ threshold: 1, minimumCalls: 10_000, window: 10_000 }) as OpeningRule;
    const { tally, now } = fed(rule, `s${"f".repeat(10_000)}`);
    expect(rule.trips(tally, now)).toBe(true);
  });
});

test.each<[string, AnyRule, boolean | undefined]>([
  ["consecutiveFailures", consecutiveFailures(3) as AnyRule, undefined],
  ["failureRate", failureRate({ threshold: 0.5 }) as AnyRule, false],
  ["slowCalls", slowCalls({ duration: "1s", threshold: 0.5 }) as AnyRule, true],
  ["anyOf with a slow one", anyOf(consecutiveFailures(3), slowCalls({ duration: "1s", threshold: 1 })), true],
  ["anyOf without", anyOf(consecutiveFailures(3), failureRate({ threshold: 1 })), false],
] as never)("%s wants the duration of calls only where it needs it", (_name, rule: AnyRule, timed) => {
  expect(Boolean(rule.timed)).toBe(Boolean(timed));
});

test("rules that cannot go on with each other's tallies are of different kinds", () => {
  const rules = [
    consecutiveFailures(3),
    failureRate({ threshold: 0.5 }),
    failureRate({ threshold: 0.5, window: "20s" }),
    failureRate({ threshold: 0.5, window: 20 }),
    slowCalls({ duration: "1s", threshold: 0.5 }),
    hungCalls({ duration: "1s" }),
    hungCalls({ duration: "2s" }),
    shedExcess(),
    shedExcess({ window: "1m" }),
    opensWhen(() => true),
    opensWhen(() => true, { window: "1m" }),
    anyOf(consecutiveFailures(3), hungCalls({ duration: "1s" })),
    anyOf(hungCalls({ duration: "1s" }), consecutiveFailures(3)),
  ];
  expect(new Set(rules.map(({ kind }) => kind)).size).toBe(rules.length);
  expect(rules.map(({ kind }) => kind)).not.toContain("");
});

test("a window left out is ten seconds, by kind as well", () => {
  const rate = { threshold: 0.5 };
  expect(failureRate(rate).kind).toBe(failureRate({ ...rate, window: "10s" }).kind);
  expect(opensWhen(() => true).kind).toBe(opensWhen(() => true, { window: "10s" }).kind);
});

describe("hungCalls", () => {
  const rule = hungCalls({ duration: "1s", threshold: 2 });
  const failuresAt = (tally: unknown, now: number): number => rule.failures(tally as never, now);

  test("counts what is overdue now, and forgets it when it ends", () => {
    const tally = rule.begin(0);
    const first = rule.starts!(tally, 0);
    const second = rule.starts!(tally, 500);
    const third = rule.starts!(tally, 600);
    expect(failuresAt(tally, 1000)).toBe(0);
    expect(failuresAt(tally, 1001)).toBe(1);
    expect(failuresAt(tally, 1501)).toBe(2);
    rule.ends!(tally, second);
    expect(failuresAt(tally, 1501)).toBe(1);
    expect(failuresAt(tally, 1601)).toBe(2);
    rule.ends!(tally, first);
    rule.ends!(tally, third);
    expect(failuresAt(tally, 9999)).toBe(0);
  });

  test("a call that ends in time is not counted, whichever of several ends first", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
      [1, 2, 0],
    ]) {
      const tally = rule.begin(0);
      const tokens = [0, 100, 200].map((at) => rule.starts!(tally, at));
      for (const [step, index] of order.entries()) {
        rule.ends!(tally, tokens[index]);
        expect(failuresAt(tally, 5000)).toBe(2 - step);
      }
    }
  });

  test("one that ended does not hide those behind it", () => {
    const tally = rule.begin(0);
    const [first] = [rule.starts!(tally, 0), rule.starts!(tally, 10), rule.starts!(tally, 20)];
    expect(failuresAt(tally, 1005)).toBe(1);
    rule.ends!(tally, first);
    expect(failuresAt(tally, 1015)).toBe(1);
    expect(rule.trips(tally, 1025)).toBe(true);
  });
});

describe("anyOf", () => {
  test("counts the failures of the rule that has the most", () => {
    const rule = anyOf(consecutiveFailures(9), failureRate({ threshold: 1, window: 10 }));
    const { tally, now } = fed(rule, "ffsf");
    expect(rule.failures(tally, now)).toBe(3);
  });

  test("opens when any of them does, and only then", () => {
    const rule = anyOf(consecutiveFailures(3), failureRate({ threshold: 0.5, window: 10, minimumCalls: 4 }));
    for (const [outcomes, opens] of [
      ["ff", false],
      ["fff", true],
      ["fsf", false],
      ["fsfs", true],
    ] as const) {
      const { tally, now } = fed(rule, outcomes);
      expect(rule.trips(tally, now)).toBe(opens);
    }
  });

  test("a call that moves none of the tallies moves none of its own", () => {
    const rule = anyOf(consecutiveFailures(3), consecutiveFailures(5));
    const tally = rule.begin(0);
    expect(rule.record(tally, "success", 0, 0)).toBe(tally);
    expect(rule.record(tally, "failure", 0, 0)).not.toBe(tally);
  });

  test("lets those that watch calls watch them, to their end", () => {
    const rule = anyOf(consecutiveFailures(3), hungCalls({ duration: "1s", threshold: 2 }));
    const tally = rule.begin(0);
    const tokens = [rule.starts!(tally, 0), rule.starts!(tally, 0)];
    expect(rule.trips(tally, 1001)).toBe(true);
    rule.ends!(tally, tokens[0]);
    expect(rule.trips(tally, 1001)).toBe(false);
  });

  test("sheds where one of them does, and watches or sheds only where one of them can", () => {
    const rule = anyOf(consecutiveFailures(99), shedExcess({ multiplier: 1 }));
    const { tally, now } = fed(rule, "ffff");
    expect(rule.sheds!(tally, now, 0.1)).toBe(true);
    expect(rule.sheds!(tally, now, 0.99)).toBe(false);
    expect("starts" in rule).toBe(false);
    const plain = anyOf(consecutiveFailures(3), failureRate({ threshold: 1 }));
    expect(["starts" in plain, "ends" in plain, "sheds" in plain]).toEqual([false, false, false]);
    expect("sheds" in anyOf(consecutiveFailures(3), hungCalls({ duration: 1 }))).toBe(false);
  });
});

describe("shedExcess", () => {
  test.each<[string, number, number]>([
    ["ffff", 1, 4 / 5],
    ["ffff", 2, 4 / 5],
    ["ffss", 1, 2 / 5],
    ["ffss", 1.5, 1 / 5],
    ["ffss", 2, 0],
    ["fffs", 2, 2 / 5],
    ["ssss", 1, 0],
  ])(
    "after %s with a multiplier of %d it sheds with the probability %d",
    (outcomes, multiplier, probability) => {
      for (const random of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
        const rule = shedExcess({ multiplier, window: "1m" });
        const { tally, now } = fed(rule as OpeningRule, outcomes);
        expect(rule.sheds!(tally as never, now, random)).toBe(random < probability);
      }
    },
  );

  test("a call that was shed says nothing about the upstream; nothing opens", () => {
    const rule = shedExcess({ multiplier: 1 }) as OpeningRule;
    const { tally, now } = fed(rule, "ffff");
    expect(rule.sheds!(tally, now, 0)).toBe(true);
    expect(rule.failures(tally, now)).toBe(4);
    expect(rule.trips(tally, now)).toBe(false);
  });
});

describe("opensWhen", () => {
  test("is told what is in the window, and opens by true alone", () => {
    const told: unknown[] = [];
    const rule = opensWhen((counts) => (told.push(counts), counts.consecutiveFailures === 2)) as OpeningRule;
    const { tally, now } = fed(rule, "fsff");
    expect(rule.trips(tally, now)).toBe(true);
    expect(told).toEqual([{ calls: 4, failures: 3, consecutiveFailures: 2 }]);
    expect(rule.failures(tally, now)).toBe(3);
    expect(opensWhen((() => "yes") as never).trips(rule.begin(0) as never, 0)).toBe(false);
  });

  test("one that throws opens nothing", () => {
    const rule = opensWhen(() => JSON.parse("{"));
    expect(rule.trips(rule.begin(0), 0)).toBe(false);
  });
});

test.each<[string, () => unknown, RegExp]>([
  ["slowCalls without options", () => slowCalls(undefined as never), /"slowCalls" must be an object/],
  ["hungCalls without options", () => hungCalls(undefined as never), /"hungCalls" must be an object/],
  [
    "an endless multiplier",
    () => shedExcess({ multiplier: Infinity }),
    /"shedExcess.multiplier" must be a number/,
  ],
  [
    "a multiplier below 1",
    () => shedExcess({ multiplier: 0.99 }),
    /"shedExcess.multiplier" must be a number/,
  ],
  [
    "a share as text",
    () => failureRate({ threshold: "0.5" as never }),
    /"failureRate.threshold" must be a share of more than 0 and at most 1/,
  ],
  [
    "a window of opensWhen",
    () => opensWhen(() => true, { window: "soon" as never }),
    /"opensWhen.window" must be/,
  ],
])("%s is refused by name", (_what, make, message) => {
  expect(make).toThrow(message);
});
