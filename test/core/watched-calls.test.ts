import { describe, expect, test } from "vitest";
import { admit, closed, settle } from "../../src/core/machine.ts";
import { resolvePolicy } from "../../src/core/policy.ts";
import { isRefusal } from "../../src/core/refusal.ts";
import { anyOf, consecutiveFailures, type OpeningRule, ramp, watchedCalls } from "../../src/options.ts";

/** A rule of the app's own that gives each call a number, and sheds by the dice. */
function ownRule(): OpeningRule & { readonly running: Set<number> } {
  const running = new Set<number>();
  let last = 0;
  return {
    ...(consecutiveFailures(3) as OpeningRule),
    kind: "own",
    running,
    starts() {
      running.add(++last);
      return last;
    },
    ends: (_, token) => void running.delete(token as number),
    sheds: (_tally, _now, random) => random < 0.5,
    watch: watchedCalls,
  };
}

describe.each([
  ["alone", (rule: OpeningRule) => rule],
  ["within anyOf", (rule: OpeningRule) => anyOf(consecutiveFailures(9), rule)],
])("a rule of one's own with starts, ends and sheds, %s", (_, put) => {
  test("hears of each call from its start to its end, and refuses by its own dice", () => {
    const rule = ownRule();
    const policy = resolvePolicy({ opensOn: put(rule) }, 1000);
    const phase = closed(0, policy, 0);
    expect(admit(phase, policy, 0, 0.4).decision).toEqual({ reason: "shed", retryAfterMs: 1000 });
    const { decision } = admit(phase, policy, 0, 0.6);
    if (isRefusal(decision)) throw new Error("it should have been let through");
    expect(rule.running.size).toBe(1);
    settle(phase, decision, "success", policy, 10);
    expect(rule.running.size).toBe(0);
  });

  test("ends a call that is judged later once, when its answer is there", () => {
    const rule = ownRule();
    const policy = resolvePolicy({ opensOn: put(rule) }, 1000);
    const phase = closed(0, policy, 0);
    const first = admit(phase, policy, 0, 0.6).decision;
    admit(phase, policy, 0, 0.6);
    if (isRefusal(first)) throw new Error("it should have been let through");
    const left = policy.watch!.withoutToken(phase, first, policy);
    expect(rule.running.size).toBe(1);
    settle(phase, left, "failure", policy, 10);
    expect(rule.running.size).toBe(1);
  });
});

test.each(["starts", "sheds"])("a rule with %s that would never be asked is refused in words", (part) => {
  const { watch: _, ...rule } = ownRule();
  const given = { ...consecutiveFailures(3), [part]: rule[part as "starts"] } as unknown as OpeningRule;
  for (const make of [() => resolvePolicy({ opensOn: given }, 1000), () => anyOf(given)]) {
    expect(make).toThrow(/"opensOn.watch" must be watchedCalls of next-protego\/options/);
  }
});

test("a ramp of one's own says what is refused so long after closing", () => {
  const policy = resolvePolicy({ ramp: ramp((sinceMs, random) => sinceMs < 100 && random < 0.3) }, 1000);
  const phase = closed(1, policy, 0, 1);
  const isRefused = (now: number, random: number): boolean =>
    isRefusal(admit(phase, policy, now, random).decision);
  expect([isRefused(0, 0.2), isRefused(0, 0.4), isRefused(100, 0.2)]).toEqual([true, false, false]);
});
