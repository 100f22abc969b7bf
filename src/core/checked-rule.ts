import type { OpeningRule } from "./opening-rule.ts";
import { invalid, syncFunction } from "./option.ts";

/** A rule of which each part can be called, also the user's own. */
export function checkedRule(option: string, value: unknown): OpeningRule {
  const rule = value as OpeningRule;
  if (typeof rule?.kind !== "string") invalid(option, value, "a rule");
  for (const part of ["begin", "record", "trips", "failures"] as const) {
    syncFunction(`${option}.${part}`, rule[part]);
  }
  if (!rule.watch && ("starts" in rule || "sheds" in rule)) {
    invalid(`${option}.watch`, undefined, "watchedCalls");
  }
  return rule;
}
