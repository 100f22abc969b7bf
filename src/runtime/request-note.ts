import { type RefusalNotes, refusalNotes } from "./note-refusal.ts";

/** What is known of one request besides its errors: that a circuit refused a call in it. */
export interface RequestNote {
  refusal?: Error;
}

interface AsyncStorage {
  run<Result>(note: RequestNote, run: () => Result): Result;
  getStore(): RequestNote | undefined;
}

interface Notes extends RefusalNotes {
  /** Where the runtime has AsyncLocalStorage. */
  readonly storage: AsyncStorage | undefined;
  /** By Next's own bookkeeping of a request, which `"use cache"` restores where it cuts every other storage off. */
  readonly ofWork: WeakMap<object, RequestNote>;
}

declare const process: object | undefined;

function notes(): Notes {
  const scope = globalThis as { [refusalNotes]?: Notes };
  const found = scope[refusalNotes];
  if (found) return found;
  const storage = createStorage();
  const ofWork = new WeakMap<object, RequestNote>();
  function noteRefusal(refusal: Error): void {
    const work = workUnderWay();
    const note = (work && ofWork.get(work)) ?? storage?.getStore();
    if (note) note.refusal = refusal;
  }
  return (scope[refusalNotes] = { storage, ofWork, noteRefusal });
}

/** Next's edge sandbox and its servers have it as a global; Node, Bun, Deno and workerd as a module of `node:`. */
function createStorage(): AsyncStorage | undefined {
  try {
    type Module = { AsyncLocalStorage?: new () => AsyncStorage };
    const find = typeof process === "object" && Reflect.get(process, "getBuiltinModule");
    const module = find ? (find as (id: string) => Module)("node:async_hooks") : undefined;
    const { AsyncLocalStorage } = module ?? (globalThis as Module);
    return AsyncLocalStorage && new AsyncLocalStorage();
  } catch {
    return undefined;
  }
}

function workUnderWay(): object | undefined {
  const { fetch } = globalThis as {
    fetch?: { __nextGetStaticStore?: () => { getStore(): object | undefined } | undefined };
  };
  return fetch?.__nextGetStaticStore?.()?.getStore();
}

/** Runs a handler whose request is to know of refusals, whatever errors they turn into. */
export function withRequestNote<Result>(note: RequestNote, run: () => Result): Result {
  const { storage, ofWork } = notes();
  const work = workUnderWay();
  if (work) ofWork.set(work, note);
  return work || !storage ? run() : storage.run(note, run);
}
