import { isCircuitOpenError } from "../core/circuit-open-error.ts";
import type { Outcome, Verdict } from "../core/verdict.ts";
import { tellOnce } from "../runtime/environment.ts";
import { isControlFlow } from "../runtime/control-flow.ts";
import type { ResolvedCallOptions } from "./circuit-options.ts";

/** The verdict on a thrown error. A refusal by another circuit says nothing about this one's upstream. */
export function judgeError(
  error: unknown,
  options: Pick<ResolvedCallOptions<never, never>, "isFailure" | "ignores">,
): Verdict {
  if (isControlFlow(error) || isCircuitOpenError(error) || options.ignores(error)) return "ignored";
  return judge({ error }, true, options.isFailure);
}

/** The verdict on an outcome: the user's rule, or the default where there is none or it throws. */
export function judge<Value>(
  outcome: Outcome<Value>,
  failsByDefault: boolean,
  isFailure: ResolvedCallOptions<Value, never>["isFailure"],
): Verdict {
  let fails = failsByDefault;
  if (isFailure) {
    try {
      fails = isFailure(outcome, failsByDefault);
    } catch (error) {
      tellOnce(`isFailure threw; the default decided instead. ${String(error)}`);
    }
  }
  return fails ? "failure" : "success";
}
