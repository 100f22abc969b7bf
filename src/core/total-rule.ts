import { asked } from "./asked.ts";
import type { OpeningRule } from "./opening-rule.ts";

/**
 * A rule whose parts cannot break a call. It may be the user's own, and throw, or be async by mistake: then it has
 * counted nothing, opens nothing and refuses nothing.
 */
export function totalRule(rule: OpeningRule): OpeningRule {
  const part = <Part extends "begin" | "record" | "trips" | "failures" | "starts" | "ends" | "sheds">(
    name: Part,
    instead: unknown,
  ): NonNullable<OpeningRule[Part]> =>
    asked((...args: unknown[]) => (rule[name] as (...all: unknown[]) => unknown)(...args), instead) as never;
  const record = part("record", undefined);
  const failures = part("failures", 0);
  return {
    kind: rule.kind,
    ...("settings" in rule && { settings: rule.settings }),
    ...(rule.figures && { figures: (tally, now) => rule.figures!(tally, now) }),
    ...(rule.resume && { resume: (figures, part) => rule.resume!(figures, part) }),
    ...("timed" in rule && { timed: rule.timed === true }),
    ...("unmoved" in rule && { unmoved: rule.unmoved }),
    begin: part("begin", undefined),
    record: (tally, verdict, now, durationMs) => record(tally, verdict, now, durationMs) ?? tally,
    trips: part("trips", false),
    failures: (tally, now) => {
      const counted: unknown = failures(tally, now);
      return typeof counted === "number" ? counted : 0;
    },
    ...("starts" in rule && { starts: part("starts", undefined) }),
    ...("ends" in rule && { ends: part("ends", undefined) }),
    ...("sheds" in rule && { sheds: part("sheds", false) }),
  };
}
