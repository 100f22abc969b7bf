import type { Verdict } from "../core/verdict.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { keepVerdict } from "#request-end";
import { type AdmittedCall } from "./admitted-call.ts";
import { releasePlace, settleCall } from "./settle-call.ts";
import type { CallKind } from "./call-kind.ts";

/** What cannot even be looked at says nothing. */
export function valueVerdict<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  value: Value,
): Verdict | Promise<Verdict> {
  try {
    return kind.judgeValue(input, value);
  } catch {
    return "ignored";
  }
}

/** An error that cannot even be looked at was thrown all the same. */
export function errorVerdict<Input>(
  kind: Pick<CallKind<Input, unknown>, "judgeError">,
  input: Input,
  error: unknown,
): Verdict | Promise<Verdict> {
  try {
    return kind.judgeError(input, error);
  } catch {
    return "failure";
  }
}

/** A value came back. It is handed on at once, unless something goes by its verdict. */
export function succeeded<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  call: AdmittedCall,
  value: Value,
  verdict: Verdict | Promise<Verdict>,
): Value | Promise<Value> {
  const { followUp } = kind;
  if (typeof verdict !== "string") {
    releasePlace(call);
    const late = verdict.then((known) => succeeded(kind, input, call, value, known));
    keepVerdict(late);
    return followUp ? late : value;
  }
  if (verdict === "success" && followUp?.succeeded) return followUp.succeeded(input, value, call);
  if (verdict !== "failure") {
    settleCall(call, verdict);
    return value;
  }
  const { failure, retryAfterMs } = failureOf(kind, value);
  settleCall(call, counted(kind, input, verdict), failure, retryAfterMs);
  const instead = insteadOf(kind, input, call, new Error(failure), value);
  return instead ? instead.then((other) => (other === undefined ? value : other)) : value;
}

function failureOf<Value>(
  kind: Pick<CallKind<never, Value>, "failureOf">,
  value: Value,
): { readonly failure: string; readonly retryAfterMs?: number | undefined } {
  try {
    if (kind.failureOf) return kind.failureOf(value);
  } catch {
    // In the words of those that have none.
  }
  return { failure: "its result was judged a failure" };
}

/** What answers in place of a failure. In a prerender it would be kept as good. */
function insteadOf<Input, Value>(
  { followUp }: Pick<CallKind<Input, Value>, "followUp">,
  input: Input,
  { breaker }: AdmittedCall,
  error: unknown,
  replaced?: Value,
): Promise<Value | undefined> | undefined {
  return followUp?.failed && !isCached(renderScope())
    ? followUp.failed(input, error, breaker, replaced)
    : undefined;
}

/** The call threw, and something goes by its verdict, or answers in its place. */
export function failed<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  call: AdmittedCall,
  error: unknown,
  verdict: Verdict | Promise<Verdict>,
): Promise<Value> | Value {
  if (typeof verdict !== "string") {
    releasePlace(call);
    const late = verdict.then((known) => failed(kind, input, call, error, known));
    keepVerdict(late);
    if (kind.followUp) return late;
    throw error;
  }
  settleCall(call, counted(kind, input, verdict), error);
  const instead = verdict === "failure" ? insteadOf(kind, input, call, error) : undefined;
  if (instead === undefined) throw error;
  return instead.then((other) => {
    if (other === undefined) throw error;
    return other;
  });
}

/** Settles a call by a verdict that may come later. The platform keeps it alive until then. */
export function settleWhenKnown(
  call: AdmittedCall,
  verdict: Verdict | Promise<Verdict>,
  failure?: unknown,
): void {
  if (typeof verdict === "string") return settleCall(call, verdict, failure);
  releasePlace(call);
  keepVerdict(verdict.then((known) => settleCall(call, known, failure)));
}

/** A failure that another call has counted already is none of this one's. */
export function counted<Input>(
  { counts }: Pick<CallKind<Input, unknown>, "counts">,
  input: Input,
  verdict: Verdict,
): Verdict {
  try {
    return verdict === "failure" && counts?.(input) === false ? "ignored" : verdict;
  } catch {
    return verdict;
  }
}
