import type { Breaker } from "./breaker.ts";
import type { ProtegoEvent } from "./events.ts";

export type CircuitChanged = Extract<ProtegoEvent, { type: "circuit.changed" }>;

/**
 * Hears of what happens seldom: changes of state, and circuits that the registry forgets. Unlike a listener it costs
 * calls nothing: they do not ask whether anybody watches.
 */
export interface Watcher {
  changed(breaker: Breaker, event: CircuitChanged): void;
  forgotten(breaker: Breaker): void;
}

const key = Symbol.for("next-protego/watchers/1");

/** The same set for every copy of this module. */
export function watchers(): Set<Watcher> {
  const scope = globalThis as { [key]?: Set<Watcher> };
  return (scope[key] ??= new Set());
}

/** Tells every watcher. Nothing that one does can break the call that is being told about. */
export function tellWatchers(tell: (watcher: Watcher) => void): void {
  for (const watcher of watchers()) {
    try {
      tell(watcher);
    } catch {
      // It misses this one.
    }
  }
}
