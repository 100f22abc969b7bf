import { figuresOf } from "./figures-of.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { invalid } from "./option.ts";
import { checkedRule } from "./checked-rule.ts";
import { totalRule } from "./total-rule.ts";

/**
 * Opens when one of several rules does.
 *
 * @example
 * createProtectedFetch({ opensOn: anyOf(consecutiveFailures(5), slowCalls({ duration: "2s", threshold: 0.5 })) });
 */
export function anyOf(...given: OpeningRule[]): OpeningRule<unknown[]> {
  if (given.length === 0) throw invalid("anyOf", undefined, "one rule or more");
  const rules = given.map((rule) => totalRule(checkedRule("opensOn", rule)));
  const each = <Result>(tallies: unknown[], ask: (rule: OpeningRule, tally: unknown) => Result): Result[] =>
    rules.map((rule, index) => ask(rule, tallies[index]));
  return {
    kind: `anyOf(${rules.map((rule) => rule.kind).join(",")})`,
    ...(rules.every((rule) => rule.settings) && { settings: rules.map((rule) => rule.settings) }),
    ...(rules.some((rule) => rule.inARow) && {
      inARow: Math.min(...rules.map((rule) => rule.inARow ?? Infinity)),
    }),
    ...(rules.some(({ watch }) => watch) && { watch: rules.find(({ watch }) => watch)!.watch }),
    timed: rules.some((rule) => rule.timed),
    begin: (now) => rules.map((rule) => rule.begin(now)),
    record(tallies, verdict, now, durationMs) {
      const after = each(tallies, (rule, tally) => rule.record(tally, verdict, now, durationMs) ?? tally);
      return after.every((tally, index) => tally === tallies[index]) ? tallies : after;
    },
    trips: (tallies, now) => each(tallies, (rule, tally) => rule.trips(tally, now)).includes(true),
    failures: (tallies, now) => Math.max(...each(tallies, (rule, tally) => rule.failures(tally, now))),
    figures: (tallies, now) => ({ rules: each(tallies, (rule, tally) => figuresOf(rule, tally, now)) }),
    resume: (figures, part) => rules.map((rule, index) => part(rule, figures.rules?.[index])),
    ...(rules.some((rule) => "starts" in rule) && {
      starts: (tallies: unknown[], now: number) => each(tallies, (rule, tally) => rule.starts?.(tally, now)),
      ends(tallies: unknown[], tokens: unknown) {
        rules.forEach((rule, index) => rule.ends?.(tallies[index], (tokens as unknown[])[index]));
      },
    }),
    ...(rules.some((rule) => "sheds" in rule) && {
      sheds: (tallies: unknown[], now: number, random: number) =>
        each(tallies, (rule, tally) => rule.sheds?.(tally, now, random)).includes(true),
    }),
  };
}
