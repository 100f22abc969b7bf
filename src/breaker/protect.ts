import { invalid } from "../core/option.ts";
import { type Abortable, type BegunCall, begin as beginning } from "./abortable.ts";
import { releasePlace, settleCall } from "./settle-call.ts";
import { isAbortedBy } from "./callers-abort.ts";
import { breakerFinder, checkName, type CircuitName, nameFrom } from "./circuit-name.ts";
import { type CallOptions } from "./circuit-options.ts";
import { resolveCallOptions } from "./resolved-options.ts";
import { fallbackValue, type FailureContext, type FallbackContext } from "./fallback.ts";
import type { CallKind, FollowUp } from "./call-kind.ts";
import { guard } from "./guard.ts";
import { byFallback } from "./substituted.ts";
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
  /** Whether it has answered with a generator; not known before it is made. */
  streams?: boolean;
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
  const begin = (fn as unknown as Abortable<unknown[], unknown>)[beginning];
  const { fallback, fallbackOnFailure } = resolved;
  const onFailure: FollowUp<FunctionCall, unknown> | undefined =
    fallbackOnFailure === undefined
      ? undefined
      : {
          failed: ({ args }, error, breaker) =>
            byFallback(
              breaker,
              fallbackValue<unknown, FailureContext>(fallbackOnFailure, { error, args }),
              true,
            ),
        };
  const ofStreams: FollowUp<FunctionCall, unknown> = {
    ...onFailure,
    succeeded(input, value, call) {
      if (!input.streams) {
        settleCall(call, "success");
        return value;
      }
      releasePlace(call); // nobody may ever ask it for an item
      return watchGenerator(kind, input, call, value as AsyncGenerator);
    },
  };
  // An async function answers with a promise; what any other answers with is known when it is called.
  const isAsync = isAsyncFunction(fn);
  let mayStream: boolean | undefined;

  const kind: CallKind<FunctionCall, unknown> & { followUp: typeof onFailure } = {
    ...resolved,
    argsOf: (call) => call.args,
    breakerOf: ({ args }) =>
      find(typeof name === "string" ? name : nameFrom(() => name(...args), fn.name || "protected")),
    start(call) {
      if (begin) call.startedMs = resolved.clock.now();
      const returned = begin
        ? begun(begin(call.self, call.args as unknown[]), call)
        : Reflect.apply(fn, call.self, call.args); // of a stub `fn.apply` would be a method far away
      if (isAsync) return returned;
      call.streams = isAsyncGenerator(returned);
      mayStream ||= call.streams;
      if (mayStream) kind.followUp = ofStreams;
      return returned;
    },
    abort: (call, reason) => call.abort?.(reason),
    judgeValue: ({ args, streams }, value) =>
      streams ? "success" : judge({ value: value as Awaited<Returned> }, false, resolved, args),
    judgeError: ({ args, callersSignal, startedMs, streams }, error) =>
      isAbortedBy(callersSignal, error)
        ? streams
          ? "ignored"
          : judgeAbort(startedMs!, resolved)
        : judgeError(error, resolved, args, isThrownOnBehalf),
    refused: ({ args }, error, breaker) =>
      fallback === undefined
        ? undefined
        : byFallback(breaker, fallbackValue<unknown, FallbackContext>(fallback, { error, args })),
    followUp: onFailure,
  };
  const named = { name: { value: fn.name, configurable: true } };

  if (isAsyncGeneratorFunction(fn)) {
    const generate = function (this: unknown, ...args: unknown[]) {
      return protectGenerator(kind, { self: this, args });
    };
    return Object.defineProperties(generate, named) as unknown as Protected<Args, Returned>;
  }

  function protectedFunction(this: unknown, ...args: unknown[]): unknown {
    const call: FunctionCall = { self: this, args };
    const promise = guard(kind, call, protectedFunction);
    return isAsync || (call.streams ?? mayStream) === false
      ? promise
      : alsoGenerator(promise, mayStream === true);
  }
  return Object.defineProperties(protectedFunction, named) as Protected<Args, Returned>;
}

function begun({ returned, ...howToEnd }: BegunCall<unknown>, call: FunctionCall): unknown {
  Object.assign(call, howToEnd);
  return returned;
}

function isAsyncFunction(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncFunction]";
}
