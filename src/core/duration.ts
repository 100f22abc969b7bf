/**
 * A length of time: milliseconds as a number, or a number with its unit.
 *
 * @example 1500, "500ms", "30s", "5m", "1h"
 */
export type Duration = number | `${number}ms` | `${number}s` | `${number}m` | `${number}h`;

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration, or `undefined` when it is none: negative, NaN, an unknown unit, not a number. */
export function durationMs(value: unknown): number | undefined {
  if (typeof value === "number") return value >= 0 ? value : undefined;
  const match = typeof value === "string" && /^(\d+(?:\.\d+)?)(ms|[smh])$/.exec(value);
  return match ? Number(match[1]) * unitMs[match[2]!]! : undefined;
}

/** Before all times of any clock, in milliseconds. A plain number: no global is looked up where a module is imported. */
export const longAgo = -1e15;
