import type { Figures } from "./figures.ts";
import type { OpeningRule } from "./opening-rule.ts";
import { withDefault } from "./with-default.ts";

/** A rule's figures now. One of the user's own that throws, or answers no number, has counted nothing. */
export function figuresOf(rule: OpeningRule, tally: unknown, now: number): Figures {
  const count = withDefault((): unknown => rule.failures(tally, now), 0);
  const more = withDefault((): object => ({ ...rule.figures?.(tally, now) }), {});
  const failures = count();
  return { rule: rule.kind, failures: typeof failures === "number" ? failures : 0, ...more() };
}
