import type { Permit } from "../core/phase.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Breaker } from "./breaker.ts";
import { askForCall, refusalError, settleCall, startedAt } from "./calls.ts";
import type { ResolvedCallOptions } from "./circuit-options.ts";
import { answerInstead } from "./fallback.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { judgeError } from "./judge.ts";

type Generator = AsyncGenerator<unknown, unknown, unknown>;
type Options = Pick<
  ResolvedCallOptions<never, unknown>,
  "deadline" | "isFailure" | "ignoreErrors" | "fallback"
>;

export function isAsyncGeneratorFunction(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncGeneratorFunction]";
}

/**
 * The generator behind its circuit. As with any generator nothing happens before the first item is asked for;
 * only then is the circuit asked.
 */
export async function* protectGenerator(
  start: () => unknown,
  findBreaker: () => Breaker,
  mode: () => boolean | "observe",
  args: readonly unknown[],
  options: Options,
): Generator {
  const on = mode();
  const breaker = on === false ? undefined : findBreaker();
  const answer = breaker && (await askForCall(breaker, on === "observe", !isCached(renderScope())));
  if (breaker && answer?.generation === undefined && on !== "observe") {
    const error = refusalError(breaker, answer!);
    if (options.fallback === undefined || isCached(renderScope())) throw error;
    return yield* (await answerInstead(options.fallback, { error, args })) as Generator;
  }
  const generator = start() as Generator;
  return yield* breaker && answer?.generation !== undefined
    ? watched(generator, breaker, answer, options)
    : generator;
}

/** Hands the permit back once: when the generator ends, fails, or is left by its consumer. */
function watched(
  generator: Generator,
  breaker: Breaker,
  permit: Permit,
  options: Options,
): AsyncIterable<unknown> {
  const started = startedAt(breaker);
  let settled = false;
  let delivered = false;

  function settle(verdict: Verdict | Promise<Verdict>, failure?: unknown): void {
    if (settled) return;
    settled = true;
    settleCall(breaker, permit, verdict, started, failure);
  }
  function leave(): void {
    settle(delivered ? "success" : "ignored");
  }
  async function next(value: unknown): Promise<IteratorResult<unknown>> {
    try {
      const asked = generator.next(value);
      const item = await (options.deadline
        ? options.deadline(asked, `next-protego: ${breaker.name}: the next item`, () => {
            void generator.return(undefined).catch(() => {});
          })
        : asked);
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
