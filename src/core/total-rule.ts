import { withDefault } from "./with-default.ts";
import type { OpeningRule } from "./opening-rule.ts";

/**
 * A rule whose parts cannot break a call. It may be the user's own, and throw, or be async by mistake: then a part answers
 * `undefined`, which counts nothing, opens nothing and refuses nothing.
 */
export function totalRule(rule: OpeningRule): OpeningRule {
  const total = Object.create(rule) as Record<string, unknown>;
  for (const part of ["begin", "record", "trips", "failures", "starts", "ends", "sheds"] as const) {
    if (part in rule) {
      total[part] = withDefault(
        (...args: unknown[]) =>
          (rule as unknown as Record<string, (...all: unknown[]) => unknown>)[part]!(...args),
        undefined,
      );
    }
  }
  return total as unknown as OpeningRule;
}
