import type { ErrorMatcher } from "../core/error-matcher.ts";

/** How often each of a circuit's matchers was told, and not ended. */
const tellings = new WeakMap<Set<ErrorMatcher>, Map<ErrorMatcher, number>>();

/**
 * Adds matchers to those that a circuit ignores. Told again, perhaps at each request, they take no more room.
 *
 * @returns what takes them away, unless somebody else has told of them
 */
export function ignoring(ignored: Set<ErrorMatcher>, matchers: readonly ErrorMatcher[]): () => void {
  const times = tellings.get(ignored) ?? new Map<ErrorMatcher, number>();
  tellings.set(ignored, times);
  for (const matcher of matchers) {
    times.set(matcher, (times.get(matcher) ?? 0) + 1);
    ignored.add(matcher);
  }
  let left = matchers;
  return () => {
    for (const matcher of left) {
      const others = times.get(matcher)! - 1;
      times.set(matcher, others);
      if (others > 0) continue;
      times.delete(matcher);
      ignored.delete(matcher);
    }
    left = [];
  };
}
