import type { Permit } from "../core/phase.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Circuit } from "./circuit.ts";
import type { ResolvedCallOptions } from "./circuit-options.ts";
import { withDeadline } from "./deadline.ts";
import { judgeError } from "./judge.ts";

type Generator = AsyncGenerator<unknown, unknown, unknown>;
type Options = Pick<ResolvedCallOptions<never, unknown>, "timeoutMs" | "isFailure" | "ignores" | "fallback">;

export function isAsyncGeneratorFunction(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncGeneratorFunction]";
}

/**
 * The generator behind its circuit. As with any generator nothing happens before the first item is asked for;
 * only then is the circuit asked.
 */
export async function* protectGenerator(
  start: () => unknown,
  findCircuit: () => Circuit,
  mode: () => boolean | "observe",
  args: readonly unknown[],
  options: Options,
): Generator {
  const on = mode();
  const circuit = on === false ? undefined : findCircuit();
  const permit = circuit?.admit(on === "observe");
  if (circuit !== undefined && permit === undefined && on !== "observe") {
    const error = circuit.refusal();
    if (!options.fallback) throw error;
    return yield* (await options.fallback({ error, args })) as Generator;
  }
  const generator = start() as Generator;
  return yield* circuit && permit ? watched(generator, circuit, permit, options) : generator;
}

/** Hands the permit back once: when the generator ends, fails, or is left by its consumer. */
function watched(
  generator: Generator,
  circuit: Circuit,
  permit: Permit,
  options: Options,
): AsyncIterable<unknown> {
  const startedAt = circuit.startedAt();
  let settled = false;
  let delivered = false;

  function settle(verdict: Verdict, failure?: unknown): void {
    if (settled) return;
    settled = true;
    circuit.settle(permit, verdict, failure, startedAt);
  }
  function leave(): void {
    settle(delivered ? "success" : "ignored");
  }
  async function next(value: unknown): Promise<IteratorResult<unknown>> {
    try {
      const asked = generator.next(value);
      const item = await (options.timeoutMs === Infinity
        ? asked
        : withDeadline(asked, options.timeoutMs, `next-protego: ${circuit.name}: the next item`, () => {
            void generator.return(undefined).catch(() => {});
          }));
      if (item.done) settle("success");
      delivered = true;
      return item;
    } catch (error) {
      settle(judgeError(error, options as never), error);
      throw error;
    }
  }
  const iterator: AsyncIterator<unknown> = {
    next,
    return(value: unknown) {
      leave();
      return generator.return(value);
    },
    throw(error: unknown) {
      leave();
      return generator.throw(error);
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
