import { findCircuitOpenError } from "../core/find-circuit-open-error.ts";
import { isControlFlow } from "../runtime/control-flow.ts";
import { isThrownResponse } from "../runtime/thrown-response.ts";
import { type RequestNote, withRequestNote } from "../runtime/request-note.ts";

/**
 * Runs a handler. If a circuit refuses a call inside it and it throws because of that, it throws the refusal itself,
 * whatever an SDK has made of it: found along the error's causes, or, where a library cut the link, by what the request
 * knows. What it throws for another reason, or on Next's behalf, is thrown on as it is.
 *
 * @param note where it is noted that a call was refused, for who wants to know also when nothing is thrown
 */
export async function withRefusalsInside<Result>(
  run: () => Result,
  note: RequestNote = {},
): Promise<Awaited<Result>> {
  try {
    return await withRequestNote(note, run);
  } catch (error) {
    if (isControlFlow(error) || isThrownResponse(error)) throw error;
    throw findCircuitOpenError(error) ?? note.refusal ?? error;
  }
}
