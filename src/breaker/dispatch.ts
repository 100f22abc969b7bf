import { inWords } from "../core/in-words.ts";
import { tellOnce } from "../runtime/environment.ts";
import type { Listener, ProtegoEvent } from "./events.ts";

/** Still to be told: a listener may act on a circuit, and what follows from that is told after, not in between. */
const queue: Array<[Listener, ProtegoEvent]> = [];
let telling = false;

/** Tells every listener. Nothing a listener does can break the call that is being told about. */
export function dispatch(event: ProtegoEvent, listeners: readonly Listener[]): void {
  for (const listener of listeners) queue.push([listener, event]);
  if (telling) return;
  telling = true;
  for (let next = queue.shift(); next; next = queue.shift()) {
    try {
      const returned: unknown = next[0](next[1]);
      // By a promise of our own: theirs may do anything when it is waited for.
      if (typeof returned === "object" && returned !== null)
        new Promise((resolve) => resolve(returned)).catch(report);
    } catch (error) {
      report(error);
    }
  }
  telling = false;
}

function report(error: unknown): void {
  tellOnce(() => `[function-threw] a listener threw; the call went on. ${inWords(error)}`);
}
