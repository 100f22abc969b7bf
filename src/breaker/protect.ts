import type { Circuit } from "./circuit.ts";
import { type CallOptions, type ResolvedCallOptions, resolveCallOptions } from "./circuit-options.ts";
import { withDeadline } from "./deadline.ts";
import { judge, judgeError } from "./judge.ts";
import { isAsyncGeneratorFunction, protectGenerator } from "./protected-generator.ts";
import { obtainCircuit } from "./registry.ts";
import { invalid } from "../core/policy.ts";
import { isBuildPhase } from "../runtime/environment.ts";

export interface ProtectOptions<Args extends readonly unknown[], Value> extends CallOptions<Value, unknown> {
  /** The circuit's name, or a function of the call's arguments that names it. Functions may share a circuit. */
  name: string | ((...args: Args) => string);
}

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
  options: ProtectOptions<Args, Awaited<Returned>>,
): Protected<Args, Returned> {
  if (typeof fn !== "function") throw invalid("fn", fn, "an async function");
  const resolved = resolveCallOptions(options, Infinity);
  const { name } = options;
  if (typeof name !== "function" && (typeof name !== "string" || name === "")) {
    throw invalid("name", name, "a string that is not empty, or a function that returns one");
  }
  const given = new WeakSet<Circuit>();
  const circuitOf = (args: Args): Circuit => {
    const circuit = obtainCircuit(typeof name === "string" ? name : name(...args), resolved, given);
    given.add(circuit);
    return circuit;
  };
  const building = isBuildPhase();
  const mode = (): boolean | "observe" => (building ? false : resolved.mode());

  if (isAsyncGeneratorFunction(fn)) {
    return function (this: unknown, ...args: Args) {
      return protectGenerator(
        () => fn.apply(this, args),
        () => circuitOf(args),
        mode,
        args,
        resolved,
      );
    } as Protected<Args, Returned>;
  }
  return async function (this: unknown, ...args: Args) {
    const on = mode();
    const start = (): Returned => fn.apply(this, args);
    if (on === false) return start();
    return guarded(circuitOf(args), start, on === "observe", args, resolved);
  } as Protected<Args, Returned>;
}

/** One call through a circuit: admitted, timed, judged. */
async function guarded<Value>(
  circuit: Circuit,
  start: () => Value,
  observing: boolean,
  args: readonly unknown[],
  options: ResolvedCallOptions<Awaited<Value>, unknown>,
): Promise<unknown> {
  const permit = circuit.admit(observing);
  if (permit === undefined) {
    if (observing) return start();
    const error = circuit.refusal();
    if (options.fallback) return options.fallback({ error, args });
    throw error;
  }
  const startedAt = circuit.startedAt();
  try {
    const started = start();
    const value =
      options.timeoutMs === Infinity
        ? await started
        : await withDeadline(Promise.resolve(started), options.timeoutMs, `next-protego: ${circuit.name}`);
    circuit.settle(
      permit,
      judge({ value }, false, options.isFailure),
      "a value judged as failure",
      startedAt,
    );
    return value;
  } catch (error) {
    circuit.settle(permit, judgeError(error, options as never), error, startedAt);
    throw error;
  }
}
