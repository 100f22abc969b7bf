import { type AsyncStorage, asyncStorage } from "./async-storage.ts";
import { type RefusalNotes, refusalNotes } from "./note-refusal.ts";

/** What is known of one request besides its errors: that a circuit refused a call in it. */
export interface RequestNote {
  refusal?: Error;
}

interface Notes extends RefusalNotes {
  /** Where the runtime has AsyncLocalStorage. */
  readonly storage: AsyncStorage<RequestNote> | undefined;
  /** By Next's own bookkeeping of a request, which `"use cache"` restores where it cuts every other storage off. */
  readonly ofWork: WeakMap<object, Set<RequestNote>>;
}

function notes(): Notes {
  const scope = globalThis as { [refusalNotes]?: Notes };
  const found = scope[refusalNotes];
  if (found) return found;
  const storage = asyncStorage<RequestNote>();
  const ofWork = new WeakMap<object, Set<RequestNote>>();
  function noteRefusal(refusal: Error): void {
    const note = storage?.getStore();
    if (note) return void (note.refusal = refusal);
    const work = workUnderWay();
    for (const each of (work && ofWork.get(work)) ?? []) each.refusal = refusal;
  }
  return (scope[refusalNotes] = { storage, ofWork, noteRefusal });
}

function workUnderWay(): object | undefined {
  const { fetch } = globalThis as {
    fetch?: { __nextGetStaticStore?: () => { getStore(): object | undefined } | undefined };
  };
  return fetch?.__nextGetStaticStore?.()?.getStore();
}

/** Runs a handler, or a part of a page, that is to know of refusals inside it, whatever errors they turn into. */
export function withRequestNote<Result>(note: RequestNote, run: () => Result): Result {
  const { storage, ofWork } = notes();
  const work = workUnderWay();
  if (work) ofWork.set(work, (ofWork.get(work) ?? new Set()).add(note));
  return storage ? storage.run(note, run) : run();
}
