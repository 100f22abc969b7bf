import type { CircuitOpenError } from "../core/circuit-open-error.ts";

/** What answers in place of a refused call: a function of the refusal, a Response, any other value. */
export type Fallback<Value> = ((context: FallbackContext) => Value | PromiseLike<Value>) | Value;

export interface FallbackContext {
  readonly error: CircuitOpenError;
  /** What the refused call was called with. */
  readonly args: readonly unknown[];
}

/** A Response can be read once, so each refused call gets a copy of its own. */
export async function answerInstead<Value>(
  fallback: Fallback<Value>,
  context: FallbackContext,
): Promise<Value> {
  if (typeof fallback === "function") return (fallback as (context: FallbackContext) => Value)(context);
  return (fallback instanceof Response ? fallback.clone() : fallback) as Value;
}
