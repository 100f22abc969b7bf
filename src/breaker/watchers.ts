import type { Breaker } from "./breaker.ts";
import type { ProtegoEvent } from "./events.ts";

export type CircuitChanged = Extract<ProtegoEvent, { type: "circuit.changed" }>;

/** A command that has changed no state; perhaps how long it stays, or whether it is held. */
export interface Commanded {
  readonly by: string | undefined;
}

/**
 * Hears of what happens seldom: a change of state, a command without one, or, without an event, that the registry forgets a
 * circuit. Unlike a listener it costs calls nothing: they do not ask whether anybody watches. It must not throw.
 */
export type Watcher = (breaker: Breaker, event: CircuitChanged | Commanded | undefined) => void;

const key = Symbol.for("next-protego/watchers/1");

interface Scope {
  [key]?: Set<Watcher>;
}

/** The same set for every copy of this module. */
export function watchers(): Set<Watcher> {
  return ((globalThis as Scope)[key] ??= new Set());
}

export function tellWatchers(breaker: Breaker, event?: CircuitChanged | Commanded): void {
  (globalThis as Scope)[key]?.forEach((watch) => watch(breaker, event));
}
