import type { Breaker } from "../breaker/breaker.ts";

/** Whether it was the wrapper's own `timeout` that ended the handler, not one inside it. */
export function isOwnTimeout(error: unknown, breaker: Breaker): boolean {
  return (
    error instanceof DOMException &&
    error.name === "TimeoutError" &&
    error.message.startsWith(`next-protego: ${breaker.name} `)
  );
}
