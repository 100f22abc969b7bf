import { isCircuitOpenError } from "../core/circuit-open-error.ts";
import { findCircuitOpenError } from "../core/find-circuit-open-error.ts";
import { matches } from "../core/error-matcher.ts";
import { inWords } from "../core/in-words.ts";
import type { Outcome, Verdict } from "../core/verdict.ts";
import { isControlFlow } from "../runtime/control-flow.ts";
import { isThrownResponse } from "../runtime/thrown-response.ts";
import { tellOnce } from "../runtime/environment.ts";
import { isGivenUp } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import type { ResolvedCallOptions } from "./resolved-options.ts";
import { createDeadline, type Deadline, within } from "./deadline.ts";

/** What judging goes by. */
export type Judging<Value> = Pick<
  ResolvedCallOptions<Value, unknown>,
  "deadline" | "ignoreErrors" | "isFailure"
>;

/**
 * The verdict on a thrown error. A refusal by another circuit says nothing about this one's upstream.
 *
 * @param saysNothing whether an error is such a refusal, or says nothing about the upstream for another reason
 */
export function judgeError(
  error: unknown,
  judging: Judging<never>,
  args: readonly unknown[],
  saysNothing: (error: unknown) => unknown = isCircuitOpenError,
): Verdict | Promise<Verdict> {
  const isIgnored =
    isControlFlow(error) ||
    isGivenUp(renderScope(), error) ||
    saysNothing(error) ||
    judging.ignoreErrors.some((matcher) => matches(matcher, error));
  return isIgnored ? "ignored" : judge({ error }, true, judging, args);
}

/**
 * The verdict on an outcome: the user's rule, now or later, or the default where there is none or it throws. One that
 * has not come within the timeout is a failure: what it waits for may be the upstream.
 */
export function judge<Value>(
  outcome: Outcome<Value>,
  byDefault: boolean,
  { isFailure, deadline }: Pick<Judging<Value>, "isFailure" | "deadline">,
  args: readonly unknown[],
): Verdict | Promise<Verdict> {
  if (!isFailure) return verdictOf(byDefault);
  try {
    const failed = isFailure(outcome, byDefault, args);
    if (typeof failed !== "object") return verdictOf(failed);
    const verdict = Promise.resolve(failed).then(verdictOf, (error) => instead(byDefault, error));
    return within(deadline ?? usualDeadline(), verdict, "isFailure").catch((): Verdict => "failure");
  } catch (error) {
    return instead(byDefault, error);
  }
}

/** What a function of the app's throws on somebody else's behalf: a circuit's, also inside another error; a framework's. */
export function isThrownOnBehalf(error: unknown): boolean {
  return findCircuitOpenError(error) !== undefined || isThrownResponse(error);
}

/** The verdict on a caller's own abort: it counts if the caller had waited for long, and nothing had come. */
export function judgeAbort(startedMs: number, { clock, slowAbortMs }: SlowAbort): Verdict {
  return clock.now() - startedMs > slowAbortMs ? "failure" : "ignored";
}

/** What judging an abort goes by. */
export type SlowAbort = Pick<ResolvedCallOptions<never, unknown>, "clock" | "slowAbortMs">;

let usual: Deadline | undefined;

/** For rules of calls that have no timeout. */
function usualDeadline(): Deadline {
  return (usual ??= createDeadline(10_000));
}

function verdictOf(failed: boolean): Verdict {
  return failed ? "failure" : "success";
}

function instead(byDefault: boolean, error: unknown): Verdict {
  tellOnce(() => `[function-threw] isFailure threw; the default decided instead. ${inWords(error)}`);
  return verdictOf(byDefault);
}
