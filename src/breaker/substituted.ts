import { type Breaker, emit, isHeard } from "./breaker.ts";
import type { SubstituteKind } from "./events.ts";

/** Notes that something else has answered in place of a refused or failed call. */
export function substituted(breaker: Breaker, kind: SubstituteKind): void {
  breaker.totals[kind]++;
  if (isHeard(breaker)) emit(breaker, { type: "call.substituted", circuit: breaker.name, kind });
}

/**
 * Notes that the fallback has answered. A Response of 400 or more is none that a visitor can use: it only says no in
 * other words.
 *
 * @param isFailure of a call that was made: then `undefined` is no answer
 */
export async function byFallback<Value>(
  breaker: Breaker,
  instead: Promise<Value>,
  isFailure?: boolean,
): Promise<Value> {
  const value = await instead;
  const isNone = value === undefined ? isFailure : value instanceof Response && value.status >= 400;
  if (!isNone) substituted(breaker, "fallback");
  return value;
}
