import { isRefusal } from "../core/refusal.ts";
import type { Verdict } from "../core/verdict.ts";
import { callSite } from "../runtime/call-site.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { type AdmittedCall } from "./admitted-call.ts";
import { regainPlace, settleCall } from "./settle-call.ts";
import { askForCall } from "./ask-for-call.ts";
import { within } from "./deadline.ts";
import { type CallKind, modeOf, toldArguments } from "./call-kind.ts";
import { errorVerdict, settleWhenKnown } from "./conclude-call.ts";
import { refuse } from "./guard.ts";
import { streamDelivered } from "./streamed-trials.ts";

type Generator = AsyncGenerator<unknown, unknown, unknown>;

export function isAsyncGeneratorFunction(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncGeneratorFunction]";
}

export function isAsyncGenerator(value: unknown): value is Generator {
  if (typeof value !== "object" || value === null || value instanceof Promise) return false;
  try {
    const { next, [Symbol.asyncIterator]: iterator } = value as Partial<Generator>;
    // A database's cursor has both, but its `next` answers with a row: it is read by an iterator of its own.
    return typeof next === "function" && typeof iterator === "function" && iterator.call(value) === value;
  } catch {
    return false;
  }
}

/**
 * The generator behind its circuit. As with any generator nothing happens before the first item is asked for;
 * only then is the circuit asked.
 */
export async function* protectGenerator<Input>(kind: CallKind<Input, unknown>, input: Input): Generator {
  const mode = modeOf(kind, input);
  const breaker = mode === false ? undefined : kind.breakerOf(input);
  if (breaker === undefined) return yield* kind.start(input) as Generator;
  const site = kind.isDeveloped ? callSite(protectGenerator) : undefined;
  const mayWait = !isCached(renderScope());
  const decision = await askForCall(breaker, kind, mode === "observe", mayWait, toldArguments(kind, input));
  if (isRefusal(decision)) return yield* (await refuse(kind, input, breaker, decision, site)) as Generator;
  let generator: Generator;
  try {
    generator = kind.start(input) as Generator;
  } catch (error) {
    settleWhenKnown(decision, errorVerdict(kind, input, error), error);
    throw error;
  }
  return yield* watchGenerator(kind, input, decision, generator);
}

/** Hands the permit back once: when the generator ends, fails, or is left by its consumer. */
export function watchGenerator<Input>(
  kind: CallKind<Input, unknown>,
  input: Input,
  call: AdmittedCall,
  generator: Generator,
): AsyncGenerator<unknown, unknown, unknown> {
  let hasDelivered = false;

  function leave(): void {
    const verdict: Verdict = hasDelivered ? "success" : "ignored";
    settleCall(call, verdict);
  }
  function end(reason: DOMException): void {
    kind.abort?.(input, reason);
    // Not every iterator can be told to stop.
    new Promise((resolve) => resolve(generator.return?.(undefined))).catch(() => {});
  }
  const watched = {
    async next(value: unknown) {
      regainPlace(call);
      try {
        // One of one's own may answer at once.
        const asked = Promise.resolve(generator.next(value));
        const what = `${call.breaker.name}: the next item`;
        const item = await (kind.deadline ? within(kind.deadline, asked, what, end) : asked);
        if (item.done) settleCall(call, "success");
        else streamDelivered(call);
        hasDelivered = true;
        return item;
      } catch (error) {
        settleWhenKnown(call, errorVerdict(kind, input, error), error);
        throw error;
      }
    },
    async return(value: unknown) {
      leave();
      return generator.return?.(value) ?? { done: true, value };
    },
    async throw(error: unknown) {
      leave();
      if (generator.throw) return generator.throw(error);
      throw error;
    },
    [Symbol.asyncIterator]: () => watched,
  } as unknown as Generator;
  return watched;
}

/**
 * A promise of a generator that can be used as that generator: what a function returns is not known yet.
 *
 * @param streams it will be used so, and not waited for: what it is rejected with shows when it is read
 */
export function alsoGenerator(promise: Promise<unknown>, streams: boolean): Promise<unknown> {
  if (streams) promise.catch(() => {});
  let generator: Generator | undefined;
  const it = (): Generator => (generator ??= flattened(promise));
  for (const name of ["next", "return", "throw"] as const) {
    void Object.defineProperty(promise, name, { value: (value: unknown) => it()[name](value) });
  }
  return Object.defineProperty(promise, Symbol.asyncIterator, { value: it });
}

async function* flattened(promise: Promise<unknown>): Generator {
  return yield* (await promise) as Generator;
}
