import { judge, type Judging } from "../breaker/judge.ts";
import type { Verdict } from "../core/verdict.ts";
import type { RequestNote } from "../runtime/request-note.ts";

/**
 * The verdict on what a handler answers: 500 or more is a failure. Unless a circuit refused a call inside it: then the handler has
 * made an answer of the refusal, as tRPC and GraphQL servers do of every error, and that says nothing about the route.
 */
export function judgeStatus<Value>(
  { refusal }: RequestNote,
  status: number,
  value: Value,
  judging: Judging<Value>,
  args: readonly unknown[],
): Verdict | Promise<Verdict> {
  const isBad = status >= 500;
  return refusal && isBad ? "ignored" : judge({ value }, isBad, judging, args);
}
