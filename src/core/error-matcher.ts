import { withDefault } from "./with-default.ts";

/** An error's class, or a predicate. */
export type ErrorMatcher = (abstract new (...args: never[]) => unknown) | ((error: unknown) => boolean);

/** A class matches its instances; anything else is a predicate. A class called as one throws: no match. */
export function matches(matcher: ErrorMatcher, error: unknown): boolean {
  return (
    isInstance(matcher, error) || withDefault(matcher as (error: unknown) => unknown, false)(error) === true
  );
}

function isInstance(matcher: ErrorMatcher, error: unknown): boolean {
  try {
    // `instanceof` throws for an arrow function: it has no prototype.
    return matcher.prototype !== undefined && error instanceof matcher;
  } catch {
    return false;
  }
}
