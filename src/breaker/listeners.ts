import { tellOnce } from "../runtime/environment.ts";
import type { Listener, ProtegoEvent } from "./events.ts";

/** Events still to be told: a listener may act on a circuit, and what follows is told after, not in between. */
const queue: Array<() => void> = [];
let telling = false;

/** Tells every listener. Nothing a listener does can break the call that is being told about. */
export function tell(event: ProtegoEvent, ...audiences: Array<Iterable<Listener>>): void {
  for (const audience of audiences) {
    for (const listener of audience) queue.push(() => tellOne(listener, event));
  }
  if (telling) return;
  telling = true;
  for (let next = queue.shift(); next; next = queue.shift()) next();
  telling = false;
}

function tellOne(listener: Listener, event: ProtegoEvent): void {
  try {
    const returned: unknown = listener(event);
    if (returned instanceof Promise) returned.catch(report);
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  tellOnce(`a listener threw; the call went on. ${String(error)}`);
}
