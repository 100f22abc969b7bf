import { CircuitOpenError } from "../core/circuit-open-error.ts";
import { inWords } from "../core/in-words.ts";
import type { Refusal } from "../core/refusal.ts";
import { errorWithoutStack } from "../runtime/environment.ts";
import type { Breaker } from "./breaker.ts";
import { shortHash } from "./short-hash.ts";

/** The error for a call that was refused. */
export function refusalError(breaker: Breaker, { reason, retryAfterMs }: Refusal): CircuitOpenError {
  const { name, lastFailure } = breaker;
  let { shown } = breaker;
  if (shown?.failure !== lastFailure || shown === undefined) {
    const cause = errorWithoutStack(() => causeOf(lastFailure));
    shown = breaker.shown = { failure: lastFailure, cause, name: publicName(name) };
  }
  const { cause, name: shownName } = shown;
  return errorWithoutStack(() => new CircuitOpenError(name, retryAfterMs, cause, reason, shownName));
}

/** Name and message of the failure. It was another user's call, and the error may hold their data. */
function causeOf(failure: unknown): Error | undefined {
  if (failure === undefined) return undefined;
  if (typeof failure === "string") return new Error(failure);
  try {
    const { name, message } = failure as Error;
    const cause = new Error(String(message));
    if (typeof name === "string") cause.name = name;
    return cause;
  } catch {
    return new Error(inWords(failure));
  }
}

/** Digests reach the browser. A URL, alone or in a name, is the app's inner matter; its hash still tells two apart. */
function publicName(name: string): string {
  return name.includes("://") ? shortHash(name) : name;
}
