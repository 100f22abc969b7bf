import type { Breaker } from "./breaker.ts";
import { matches } from "../core/error-matcher.ts";

/** Whether an error that was thrown is one of those that were told to the live circuit. */
export function isIgnored({ ignored }: Breaker, failure: unknown): boolean {
  return (
    ignored.size > 0 &&
    typeof failure !== "string" &&
    [...ignored].some((matcher) => matches(matcher, failure))
  );
}
