import { isAbortedBy } from "../breaker/callers-abort.ts";
import { callersSignal } from "./request-init.ts";

/** Whether the caller gave up by itself, and not by a deadline of its own. */
export function isCallersAbort(
  error: unknown,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): boolean {
  try {
    return isAbortedBy(callersSignal(input, init), error);
  } catch {
    return true; // an init or a reason that throws when it is read
  }
}

/** Causes with which fetch refuses to send what was asked for. The upstream never saw it. */
const refusalsToSend =
  /^(?:bad port|unknown scheme|unexpected redirect|invalid method|URL scheme must be|Fetch API cannot load|RequestInit: duplex|Response body object should not be)/;

/**
 * Whether fetch refused the arguments: a bad URL, a body on GET, a bad header. The network's failures are
 * `TypeError: fetch failed` in Node and the edge runtime; elsewhere the arguments are put to the test again.
 */
export function isCallersMistake(
  error: unknown,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): boolean {
  if (!(error instanceof Error)) return false;
  const cause = error.cause as Error | undefined;
  if (cause && refusalsToSend.test(cause.message)) return true;
  if (error.name !== "TypeError" || error.message === "fetch failed") return false;
  if (refusalsToSend.test(error.message)) return true;
  try {
    // A stream cannot be read twice, so it cannot be judged twice either.
    const body = init?.body instanceof ReadableStream ? null : init?.body;
    new Request(input, body === undefined ? init : { ...init, body });
    return false;
  } catch {
    return true;
  }
}
