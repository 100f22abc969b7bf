import { invalid } from "../core/option.ts";
import type { Abortable } from "./abortable.ts";
import { settleCall } from "./admitted-call.ts";
import { isAbortedBy } from "./callers-abort.ts";
import { breakerFinder, checkName, type CircuitName, nameFrom } from "./circuit-name.ts";
import { type CallOptions, resolveCallOptions } from "./circuit-options.ts";
import { answerInstead, type FailureContext, type FallbackContext } from "./fallback.ts";
import { type CallKind, type FollowUp, guard } from "./guard.ts";
import { isThrownOnBehalf, judge, judgeAbort, judgeError } from "./judge.ts";
import {
  alsoGenerator,
  isAsyncGenerator,
  isAsyncGeneratorFunction,
  protectGenerator,
  watchGenerator,
} from "./protected-generator.ts";

export interface ProtectOptions<Args extends readonly unknown[], Value> extends CallOptions<Value, unknown> {
  /** The circuit's name, or a function of the call's arguments that names it. Functions may share a circuit. */
  name: CircuitName<Args>;
}

/** Keeps a callback of fewer parameters from narrowing what the function takes. `NoInfer` cannot be spread. */
export type AsInferred<Args extends unknown[]> = Args extends infer Same extends unknown[] ? Same : never;

export type Protected<Args extends unknown[], Returned> = (
  ...args: Args
) => Returned extends AsyncGenerator<infer Item, infer Result, infer Next>
  ? AsyncGenerator<Item, Result, Next>
  : Promise<Awaited<Returned>>;

/** One call of a protected function. */
export interface FunctionCall {
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** Of a function that takes a signal. */
  callersSignal?: AbortSignal | undefined;
  startedMs?: number;
  abort?: (reason: unknown) => void;
}

/**
 * Puts any async function behind a circuit. Returns a function of the same arguments and name that rejects with
 * {@link CircuitOpenError} while the circuit is open. What it throws counts as failure, except Next's control
 * flow, refusals of other circuits (also those inside another error), and `ignoreErrors`.
 *
 * An async generator is guarded to its end: failing midway is a failure; being left early by its consumer is
 * not. Its `timeout` is for each item. As a trial it succeeds if it still delivers when its trial's time is over.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it, what came and what is expected
 * @example
 * const charge = protect(chargeCard, { name: "billing", timeout: "5s" });
 */
export function protect<Args extends unknown[], Returned>(
  fn: (...args: Args) => Returned,
  options: ProtectOptions<AsInferred<Args>, Awaited<Returned>>,
): Protected<Args, Returned> {
  if (typeof fn !== "function") throw invalid("fn", fn, "an async function");
  const resolved = resolveCallOptions(options, Infinity);
  const name = checkName(options.name) as CircuitName<readonly unknown[]>;
  const find = breakerFinder(resolved);
  const { begin } = fn as unknown as Abortable<unknown[], unknown>;
  const { fallback, fallbackOnFailure } = resolved;
  const onFailure: FollowUp<FunctionCall, unknown> | undefined =
    fallbackOnFailure === undefined
      ? undefined
      : {
          failed: ({ args }, error) =>
            answerInstead<unknown, FailureContext>(fallbackOnFailure, { error, args }),
        };

  const kind: CallKind<FunctionCall, unknown> & { followUp: typeof onFailure } = {
    ...resolved,
    argsOf: (call) => call.args,
    breakerOf: ({ args }) =>
      find(typeof name === "string" ? name : nameFrom(() => name(...args), fn.name || "protected")),
    start(call) {
      if (!begin) return fn.apply(call.self, call.args as Args);
      call.startedMs = resolved.clock.now();
      const { returned, callersSignal, abort } = begin(call.self, call.args as unknown[]);
      call.callersSignal = callersSignal;
      call.abort = abort;
      return returned;
    },
    abort: (call, reason) => call.abort?.(reason),
    judgeValue: ({ args }, value) => judge({ value: value as never }, false, resolved, args),
    judgeError: ({ args, callersSignal, startedMs }, error) =>
      isAbortedBy(callersSignal, error)
        ? judgeAbort(startedMs!, resolved)
        : judgeError(error, resolved as never, args, isThrownOnBehalf),
    refused({ args }, error) {
      if (fallback === undefined) throw error;
      return answerInstead<unknown, FallbackContext>(fallback, { error, args });
    },
    followUp: onFailure,
  };
  const named = { name: { value: fn.name, configurable: true } };

  if (isAsyncGeneratorFunction(fn)) {
    const generate = function (this: unknown, ...args: unknown[]) {
      return protectGenerator(kind, { self: this, args });
    };
    return Object.defineProperties(generate, named) as unknown as Protected<Args, Returned>;
  }

  // A plain function may return a generator, too. That is known once it has returned something.
  let returns: "promise" | "generator" | undefined = isAsyncFunction(fn) ? "promise" : undefined;
  if (returns === undefined) {
    kind.followUp = {
      ...onFailure,
      succeeded(input, value, call) {
        returns = isAsyncGenerator(value) ? "generator" : "promise";
        if (isAsyncGenerator(value)) return watchGenerator(kind, input, call, value);
        kind.followUp = onFailure;
        settleCall(call, "success");
        return value;
      },
    };
  }
  function protectedFunction(this: unknown, ...args: unknown[]): unknown {
    const call: FunctionCall = { self: this, args };
    if (returns === "generator") return protectGenerator(kind, call);
    const promise = guard(kind, call, protectedFunction);
    return returns === "promise" ? promise : alsoGenerator(promise);
  }
  return Object.defineProperties(protectedFunction, named) as Protected<Args, Returned>;
}

function isAsyncFunction(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncFunction]";
}
