import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import { invalid } from "../core/option.ts";

/** What answers in place of a call: a function of what went wrong, a Response, any other value. */
export type Fallback<Value, Context = FallbackContext> =
  | ((context: Context) => Value | PromiseLike<Value>)
  | Value;

export interface FallbackContext {
  readonly error: CircuitOpenError;
  /** What the refused call was called with. */
  readonly args: readonly unknown[];
}

export interface FailureContext {
  /** What the call threw; of a Response that was a failure an error that says `HTTP 503`. */
  readonly error: unknown;
  /** What the failed call was called with. */
  readonly args: readonly unknown[];
}

/** Answers with the fallback. A Response can be read once, so each call gets one of its own. */
export async function fallbackValue<Value, Context>(
  fallback: Fallback<Value, Context>,
  context: Context,
): Promise<Value> {
  if (typeof fallback === "function") return (fallback as (context: Context) => Value)(context);
  return (fallback instanceof Response ? freshResponse(fallback) : fallback) as Value;
}

let bodies: WeakMap<Response, Promise<ArrayBuffer>> | undefined;

/** A Response of the same bytes. Not a clone: each would hold in memory what the ones before it have not read. */
async function freshResponse(given: Response): Promise<Response> {
  if (given.body === null) return given.clone();
  bodies ??= new WeakMap();
  const bytes = bodies.get(given) ?? given.clone().arrayBuffer();
  bodies.set(given, bytes);
  // As its own init: status, its text and headers are read from it.
  return new Response(await bytes, given);
}

/** What may answer for a fetch or a route. */
export function responseFallback(option: string, fallback: unknown): unknown {
  const isResponse = typeof (fallback as Response | null)?.status === "number";
  return isResponse || typeof fallback === "function" ? fallback : invalid(option, fallback, "a Response");
}
