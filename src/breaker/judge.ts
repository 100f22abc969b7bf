import { isCircuitOpenError } from "../core/circuit-open-error.ts";
import type { Outcome, Verdict } from "../core/verdict.ts";
import { isControlFlow } from "../runtime/control-flow.ts";
import { tellOnce } from "../runtime/environment.ts";
import type { ErrorMatcher, IsFailure } from "./circuit-options.ts";

/** The verdict on a thrown error. A refusal by another circuit says nothing about this one's upstream. */
export function judgeError(
  error: unknown,
  options: {
    readonly ignoreErrors: readonly ErrorMatcher[];
    readonly isFailure: IsFailure<never> | undefined;
  },
): Verdict | Promise<Verdict> {
  const ignored =
    isControlFlow(error) ||
    isCircuitOpenError(error) ||
    options.ignoreErrors.some((matcher) => matches(matcher, error));
  return ignored ? "ignored" : judge({ error }, true, options.isFailure);
}

/** The verdict on an outcome: the user's rule, now or later, or the default where there is none or it throws. */
export function judge<Value>(
  outcome: Outcome<Value>,
  byDefault: boolean,
  isFailure: IsFailure<Value> | undefined,
): Verdict | Promise<Verdict> {
  if (!isFailure) return verdictOf(byDefault);
  try {
    const failed = isFailure(outcome, byDefault);
    return typeof failed === "object"
      ? Promise.resolve(failed).then(verdictOf, (error) => instead(byDefault, error))
      : verdictOf(failed);
  } catch (error) {
    return instead(byDefault, error);
  }
}

function verdictOf(failed: boolean): Verdict {
  return failed ? "failure" : "success";
}

function instead(byDefault: boolean, error: unknown): Verdict {
  tellOnce(`isFailure threw; the default decided instead. ${String(error)}`);
  return verdictOf(byDefault);
}

/** A class matches its instances; anything else is a predicate. A class called as one throws: no match. */
export function matches(matcher: ErrorMatcher, error: unknown): boolean {
  try {
    // `instanceof` throws for an arrow function: it has no prototype.
    if (matcher.prototype && error instanceof matcher) return true;
    return (matcher as (error: unknown) => unknown)(error) === true;
  } catch {
    return false;
  }
}
