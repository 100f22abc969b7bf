/** Where the requests of this isolate are noted in which somebody wants to know of refusals; `request-note` makes it. */
export const refusalNotes = Symbol.for("next-protego/requests/1");

export interface RefusalNotes {
  noteRefusal(refusal: Error): void;
}

/** Tells the request under way that a circuit refused a call in it, if it wants to know. */
export function noteRefusal(refusal: Error): void {
  (globalThis as { [refusalNotes]?: RefusalNotes })[refusalNotes]?.noteRefusal(refusal);
}
