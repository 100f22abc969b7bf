import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import type { Verdict } from "../core/verdict.ts";
import type { AdmittedCall } from "./admitted-call.ts";
import type { Asking } from "./ask-for-call.ts";
import type { Breaker } from "./breaker.ts";
import type { Mode } from "./circuit-options.ts";
import type { Deadline } from "./deadline.ts";

/** What a wrapper knows of its kind of call. One for all calls of a wrapper; what is about one call is in the input. */
export interface CallKind<Input, Value> extends Asking {
  readonly mode: Mode | ((args: readonly unknown[]) => Mode);
  readonly deadline: Deadline | undefined;
  /** Errors lead to the caller's line, at any cost. */
  readonly isDeveloped: boolean;
  readonly argsOf: (input: Input) => readonly unknown[];
  /** Events carry the call's arguments. */
  readonly argumentsInEvents: boolean;
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
  /** Answers in place of a refused call; `undefined`, and no promise, where nothing does. Not asked in a prerender. */
  refused(input: Input, error: CircuitOpenError, breaker: Breaker): Value | Promise<Value> | undefined;
  /** The same in a prerender, where what is returned is kept as good. */
  readonly refusedInPrerender?:
    | ((input: Input, error: CircuitOpenError, breaker: Breaker) => Promise<Value>)
    | undefined;
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
  failed?(input: Input, error: unknown, breaker: Breaker, replaced?: Value): Promise<Value | undefined>;
}

/** What events may tell of the call's arguments. */
export function toldArguments<Input>(
  { argumentsInEvents, argsOf }: Pick<CallKind<Input, unknown>, "argumentsInEvents" | "argsOf">,
  input: Input,
): readonly unknown[] | undefined {
  return argumentsInEvents ? argsOf(input) : undefined;
}

/** Whether a call is protected now: a constant, or what the user's function says of its arguments. */
export function modeOf<Input>(
  { mode, argsOf }: Pick<CallKind<Input, unknown>, "mode" | "argsOf">,
  input: Input,
): Mode {
  return typeof mode === "function" ? mode(argsOf(input)) : mode;
}
