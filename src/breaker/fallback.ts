import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { invalid } from "../core/option.ts";

/** What answers in place of a refused call: a function of the refusal, a Response, any other value. */
export type Fallback<Value> = ((context: FallbackContext) => Value | PromiseLike<Value>) | Value;

export interface FallbackContext {
  readonly error: CircuitOpenError;
  /** What the refused call was called with. */
  readonly args: readonly unknown[];
}

/** What may answer for a fetch or a route. */
export function responseFallback(option: string, fallback: { readonly status?: unknown }): unknown {
  if (typeof fallback === "function" || typeof fallback?.status === "number") return fallback;
  throw invalid(option, fallback, "a Response, or a function that makes one");
}

/** A Response can be read once, so each refused call gets a copy of its own. */
export async function answerInstead<Value>(
  fallback: Fallback<Value>,
  context: FallbackContext,
): Promise<Value> {
  if (typeof fallback === "function") return (fallback as (context: FallbackContext) => Value)(context);
  return (fallback instanceof Response ? fallback.clone() : fallback) as Value;
}
