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

/** One of each, as it opens after at most ten calls. A test of the house misses the one that is not here. */
const rules: Record<string, () => OpeningRule<never>> = {
  anyOf: () => anyOf(consecutiveFailures(3), failureRate({ threshold: 1 })),
  consecutiveFailures: () => consecutiveFailures(3),
  failureRate: () => failureRate({ threshold: 0.5, minimumCalls: 10 }),
  hungCalls: () => hungCalls({ duration: "1s" }),
  opensWhen: () => opensWhen(moreThanFive),
  shedExcess: () => shedExcess(),
  slowCalls: () => slowCalls({ duration: "1s", threshold: 0.5 }),
} as never;

function moreThanFive({ failures }: { readonly failures: number }): boolean {
  return failures > 5;
}

describe.each(Object.entries(rules))("%s", (_name, make) => {
  const rule = make() as OpeningRule;

  /** So many calls, one in 100 ms: each starts, ends and is counted. */
  function after(
    calls: number,
    verdict: "success" | "failure",
    durationMs = 0,
  ): { tally: unknown; now: number } {
    let tally = rule.begin(0);
    for (let call = 0; call < calls; call++) {
      const token = rule.starts?.(tally, call * 100);
      tally = rule.record(tally, verdict, call * 100 + durationMs, durationMs);
      rule.ends?.(tally, token);
    }
    return { tally, now: calls * 100 };
  }

  test("does not open before there was a call", () => {
    const tally = rule.begin(0);
    expect(rule.trips(tally, 0)).toBe(false);
    expect(rule.failures(tally, 0)).toBe(0);
  });

  test("does not open, and refuses nobody, while calls succeed at once", () => {
    const { tally, now } = after(1000, "success");
    expect(rule.trips(tally, now)).toBe(false);
    expect(rule.sheds?.(tally, now, 0) ?? false).toBe(false);
  });

  test("says no to what it is for: failures, slow calls or hanging ones", () => {
    const { tally, now } = after(20, "failure", 2000);
    for (let call = 0; call < 20; call++) rule.starts?.(tally, now);
    const later = now + 2000;
    expect(rule.trips(tally, later) || rule.sheds!(tally, later, 0)).toBe(true);
  });

  test("is told apart by kind and settings, made alike", () => {
    const again = make() as OpeningRule;
    expect(again.kind).toBe(rule.kind);
    expect(again.settings).toEqual(rule.settings);
  });

  test("has figures for people that can be written down", () => {
    const { tally, now } = after(5, "failure", 2000);
    const figures = { failures: rule.failures(tally, now), ...rule.figures?.(tally, now) };
    expect(JSON.parse(JSON.stringify(figures))).toEqual(figures);
  });
});
