import type { Permit } from "../core/phase.ts";
import type { Breaker } from "./breaker.ts";
import { settleCall, startedAt } from "./calls.ts";
import type { ResolvedCallOptions } from "./circuit-options.ts";
import { judge, judgeError } from "./judge.ts";

/** Makes an admitted call: bounds its time, judges what comes of it and hands the permit back. */
export async function attempt<Value>(
  breaker: Breaker,
  permit: Permit,
  options: Pick<ResolvedCallOptions<Value, unknown>, "deadline" | "isFailure" | "ignoreErrors">,
  start: () => Value | PromiseLike<Value>,
  /** The failure that a value is by default, in words. */
  failureOf: (value: Value) => string | undefined,
): Promise<Value> {
  const { deadline } = options;
  const started = startedAt(breaker);
  try {
    const running = start();
    const value = await (deadline
      ? deadline(Promise.resolve(running), `next-protego: ${breaker.name}`)
      : running);
    const failure = failureOf(value);
    const verdict = judge({ value }, failure !== undefined, options.isFailure);
    settleCall(breaker, permit, verdict, started, failure ?? "its result was judged a failure");
    return value;
  } catch (error) {
    settleCall(breaker, permit, judgeError(error, options as never), started, error);
    throw error;
  }
}
