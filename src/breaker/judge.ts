import { isCircuitOpenError } from "../core/circuit-open-error.ts";
import type { Outcome, Verdict } from "../core/verdict.ts";
import { isControlFlow } from "../runtime/control-flow.ts";
import { tellOnce } from "../runtime/environment.ts";
import type { CallOptions, ErrorMatcher } from "./circuit-options.ts";

type IsFailure<Value> = CallOptions<Value, never>["isFailure"];

/** The verdict on a thrown error. A refusal by another circuit says nothing about this one's upstream. */
export function judgeError(
  error: unknown,
  options: { readonly ignoreErrors: readonly ErrorMatcher[]; readonly isFailure: IsFailure<never> },
): Verdict {
  const ignored =
    isControlFlow(error) ||
    isCircuitOpenError(error) ||
    options.ignoreErrors.some((matcher) => matches(matcher, error));
  return ignored ? "ignored" : judge({ error }, true, options.isFailure);
}

/** The verdict on an outcome: the user's rule, or the default where there is none or it throws. */
export function judge<Value>(
  outcome: Outcome<Value>,
  byDefault: boolean,
  isFailure: IsFailure<Value>,
): Verdict {
  let failed = byDefault;
  try {
    if (isFailure) failed = isFailure(outcome, byDefault);
  } catch (error) {
    tellOnce(`isFailure threw; the default decided instead. ${String(error)}`);
  }
  return failed ? "failure" : "success";
}

/** A class matches its instances; anything else is a predicate. A class called as one throws: no match. */
function matches(matcher: ErrorMatcher, error: unknown): boolean {
  try {
    return error instanceof matcher || (matcher as (error: unknown) => unknown)(error) === true;
  } catch {
    return false;
  }
}
