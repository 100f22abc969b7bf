import { attempt } from "./attempt.ts";
import type { Breaker } from "./breaker.ts";
import { admitCall, askForCall, refusalError } from "./calls.ts";
import { breakerFinder, checkName, type CircuitName, nameFrom } from "./circuit-name.ts";
import { type CallOptions, type ResolvedCallOptions, resolveCallOptions } from "./circuit-options.ts";
import { answerInstead } from "./fallback.ts";
import { isAsyncGeneratorFunction, protectGenerator } from "./protected-generator.ts";
import type { Refusal } from "../core/machine.ts";
import type { Permit } from "../core/phase.ts";
import { invalid } from "../core/option.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";

export interface ProtectOptions<Args extends readonly unknown[], Value> extends CallOptions<Value, unknown> {
  /** The circuit's name, or a function of the call's arguments that names it. Functions may share a circuit. */
  name: CircuitName<Args>;
}

/** Keeps a callback of fewer parameters from narrowing what the function takes. `NoInfer` cannot be spread. */
export type AsInferred<Args extends unknown[]> = Args extends infer Same extends unknown[] ? Same : never;

type Protected<Args extends unknown[], Returned> = (
  ...args: Args
) => Returned extends AsyncGenerator<infer Item, infer Result, infer Next>
  ? AsyncGenerator<Item, Result, Next>
  : Promise<Awaited<Returned>>;

/**
 * Puts any async function behind a circuit. Returns a function of the same arguments that rejects with
 * {@link CircuitOpenError} while the circuit is open. What it throws counts as failure, except Next's control
 * flow, refusals of other circuits, and `ignoreErrors`.
 *
 * An async generator is guarded to its end: failing midway is a failure; being left early by its consumer is
 * not. Its `timeout` is for each item.
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
  const name = checkName(options.name);
  const find = breakerFinder(resolved);
  const breakerOf = (args: Args): Breaker =>
    find(typeof name === "string" ? name : nameFrom(() => name(...(args as never)), fn.name || "protected"));
  const building = isBuildPhase();
  const mode = (): boolean | "observe" => (building ? false : resolved.mode());

  if (isAsyncGeneratorFunction(fn)) {
    return function (this: unknown, ...args: Args) {
      return protectGenerator(
        () => fn.apply(this, args),
        () => breakerOf(args),
        mode,
        args,
        resolved,
      );
    } as Protected<Args, Returned>;
  }
  return function (this: unknown, ...args: Args) {
    try {
      const on = mode();
      const start = (): Returned => fn.apply(this, args);
      if (on === false) return Promise.resolve(start());
      return guarded(breakerOf(args), start, on === "observe", args, resolved);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  } as Protected<Args, Returned>;
}

/** One call: admitted and attempted, or refused. Not async: each promise more costs as much as the rest of it. */
function guarded<Value>(
  breaker: Breaker,
  start: () => Value,
  observing: boolean,
  args: readonly unknown[],
  options: ResolvedCallOptions<Awaited<Value>, unknown>,
): Promise<unknown> {
  const act = (answer: Permit | Refusal): Promise<unknown> =>
    answer.generation === undefined
      ? refused(breaker, answer, start, observing, args, options)
      : attempt(breaker, answer, options as never, start, notFailed);
  if (!breaker.fleet) return act(admitCall(breaker, observing));
  return Promise.resolve(askForCall(breaker, observing, !isCached(renderScope()))).then(act);
}

function notFailed(): undefined {
  return undefined;
}

async function refused<Value>(
  breaker: Breaker,
  refusal: Refusal,
  start: () => Value,
  observing: boolean,
  args: readonly unknown[],
  options: ResolvedCallOptions<Awaited<Value>, unknown>,
): Promise<unknown> {
  if (observing) return start();
  const error = refusalError(breaker, refusal);
  // What a prerender returns is cached over good data; what it throws is not.
  if (options.fallback === undefined || isCached(renderScope())) throw error;
  return answerInstead(options.fallback, { error, args });
}
