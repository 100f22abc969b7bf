import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { isRefusal, type Refusal } from "../core/machine.ts";
import type { Verdict } from "../core/verdict.ts";
import { type CallSite, callSite, leadTo } from "../runtime/call-site.ts";
import { noteRefusal } from "../runtime/note-refusal.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { keepVerdict } from "#request-end";
import { type AdmittedCall, releasePlace, settleCall } from "./admitted-call.ts";
import { type Asking, askForCall } from "./ask-for-call.ts";
import type { Breaker } from "./breaker.ts";
import type { Mode } from "./circuit-options.ts";
import { type Deadline, timeoutError, type Waiting } from "./deadline.ts";
import { refusalError } from "./refusal-error.ts";

/** What a wrapper knows of its kind of call. One for all calls of a wrapper; what is about one call is in the input. */
export interface CallKind<Input, Value> extends Asking {
  readonly mode: Mode | ((args: readonly unknown[]) => Mode);
  readonly deadline: Deadline | undefined;
  /** Errors lead to the caller's line, at any cost. */
  readonly isDeveloped: boolean;
  readonly argsOf: (input: Input) => readonly unknown[];
  /** The circuit that the call belongs to; `undefined` for a call that has none. */
  breakerOf(input: Input): Breaker | undefined;
  /** Makes the call. */
  readonly start: (input: Input) => Value | PromiseLike<Value>;
  /** Makes a call that has no circuit, or is not protected now; what it returns goes out as it is. */
  readonly bypass?: (input: Input) => Value | PromiseLike<Value>;
  /** What takes too long when the timeout comes. */
  readonly waitsFor?: string;
  /** The timeout has come: ends the call, where that can be done. */
  abort?(input: Input, reason: DOMException): void;
  judgeValue(input: Input, value: Value): Verdict | Promise<Verdict>;
  judgeError(input: Input, error: unknown): Verdict | Promise<Verdict>;
  /** A value that is a failure, in words, and how long its sender wants to be left alone. */
  failureOf?(value: Value): { readonly failure: string; readonly retryAfterMs?: number | undefined };
  /** False for a failure that another call has counted already. */
  readonly counts?: (input: Input) => boolean;
  /** Answers in place of a refused call, or throws the error. Not asked in a prerender. */
  refused(input: Input, error: CircuitOpenError): Value | Promise<Value>;
  /** What goes on after a call: then its verdict is waited for. */
  readonly followUp?: FollowUp<Input, Value> | undefined;
}

/** What goes on after a call has come back. */
export interface FollowUp<Input, Value> {
  /** Hands a good value on, and settles the call: now, or when the value has shown what it is worth. */
  succeeded?(input: Input, value: Value, call: AdmittedCall): Value;
  /**
   * A value in place of a failure, or `undefined`. Not asked in a prerender.
   *
   * @param replaced the value that was a failure, where there is one
   */
  failed?(input: Input, error: unknown, replaced?: Value): Promise<Value | undefined>;
}

/**
 * The life of one call, whatever is wrapped: is it protected at all; which circuit; may it go; if not, what answers in
 * its place; if so, make it, bound its time, judge what comes of it and hand the permit back. Not async, and without a
 * closure on the way: a promise more costs as much as the rest of it, and the engine finds the way back to the caller's
 * line through promises, not through functions.
 *
 * @param entry the wrapper that was called, for errors in development
 */
export function guard<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  entry: unknown,
): Promise<Value> {
  try {
    const on = modeOf(kind, input);
    const breaker = on === false ? undefined : kind.breakerOf(input);
    if (breaker === undefined) {
      return kind.bypass ? (kind.bypass(input) as Promise<Value>) : Promise.resolve(kind.start(input));
    }
    const site = kind.isDeveloped ? callSite(entry) : undefined;
    const mayWait = breaker.fleet === undefined || !isCached(renderScope());
    const answer = askForCall(breaker, kind, on === "observe", mayWait);
    return answer instanceof Promise
      ? answer.then((late) => act(kind, input, breaker, late, site))
      : act(kind, input, breaker, answer, site);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

export function modeOf<Input>(
  { mode, argsOf }: Pick<CallKind<Input, unknown>, "mode" | "argsOf">,
  input: Input,
): Mode {
  return typeof mode === "function" ? mode(argsOf(input)) : mode;
}

function act<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  breaker: Breaker,
  answer: AdmittedCall | Refusal,
  site: CallSite | undefined,
): Promise<Value> {
  return isRefusal(answer) ? refuse(kind, input, breaker, answer, site) : attempt(kind, input, answer, site);
}

/** What a prerender returns is cached over good data; what it throws is not. */
export async function refuse<Input, Value>(
  kind: Pick<CallKind<Input, Value>, "refused">,
  input: Input,
  breaker: Breaker,
  refusal: Refusal,
  site: CallSite | undefined,
): Promise<Value> {
  const error = refusalError(breaker, refusal);
  if (site) leadTo(site, error);
  try {
    if (isCached(renderScope())) throw error;
    return await kind.refused(input, error);
  } catch (thrown) {
    // It may not reach the handler around it whole.
    noteRefusal(error);
    throw thrown;
  }
}

function attempt<Input, Value>(
  kind: CallKind<Input, Value>,
  input: Input,
  call: AdmittedCall,
  site: CallSite | undefined,
): Promise<Value> {
  const { deadline } = kind;
  let running: Promise<Value>;
  let waiting: Waiting | undefined;
  try {
    running = Promise.resolve(kind.start(input));
    // One that does its own thing when it is waited for may do it where nobody would hand the permit back.
    const started = running;
    if (started.then !== Promise.prototype.then) running = new Promise((resolve) => resolve(started));
  } catch (error) {
    running = Promise.reject(error as Error);
  }
  if (deadline) {
    const started = running;
    running = new Promise((resolve, reject) => {
      waiting = deadline.wait(() => reject(deadline));
      started.then(resolve, reject);
    });
  }
  return running.then(
    (value) => {
      if (waiting) deadline!.stop(waiting);
      const verdict = valueVerdict(kind, input, value);
      if (verdict !== "success" || kind.followUp) return succeeded(kind, input, call, value, verdict);
      settleCall(call, verdict);
      return value;
    },
    (thrown: unknown) => {
      if (waiting) deadline!.stop(waiting);
      const error = deadline && thrown === deadline ? tooLate(kind, input, call, deadline) : thrown;
      if (site) leadTo(site, error);
      const verdict = errorVerdict(kind, input, error);
      if (typeof verdict !== "string" || kind.followUp) return failed(kind, input, call, error, verdict);
      settleCall(call, counted(kind, input, verdict), error);
      throw error;
    },
  );
}

/** Made where the rejection is handled: from there the engine knows the caller's line, from a timer it does not. */
function tooLate<Input>(
  { waitsFor = "", abort }: Pick<CallKind<Input, unknown>, "waitsFor" | "abort">,
  input: Input,
  { breaker }: AdmittedCall,
  deadline: Deadline,
): DOMException {
  const error = timeoutError(`next-protego: ${breaker.name}${waitsFor}`, deadline);
  try {
    abort?.(input, error);
  } catch {
    // What ends a call can be the user's.
  }
  return error;
}

/** What cannot even be looked at says nothing. */
function valueVerdict<Input, Value>(
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
function succeeded<Input, Value>(
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
  const instead = insteadOf(kind, input, new Error(failure), value);
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
  error: unknown,
  replaced?: Value,
): Promise<Value | undefined> | undefined {
  return followUp?.failed && !isCached(renderScope()) ? followUp.failed(input, error, replaced) : undefined;
}

/** The call threw, and something goes by its verdict, or answers in its place. */
function failed<Input, Value>(
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
  const instead = verdict === "failure" ? insteadOf(kind, input, error) : undefined;
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

function counted<Input>(
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
