import { type Breaker, layout } from "./breaker.ts";
import type { Listener } from "./events.ts";

export interface Registry {
  readonly layout: number;
  readonly breakers: Map<string, Breaker>;
  readonly listeners: Set<Listener>;
  /** How many breakers are kept at most. */
  capacity: number;
  /** How many wrappers were made so far. */
  wrappers: number;
  /** Who this isolate is to a shared store, from the first time that one is asked. */
  isolate?: { readonly reporter: number; count: number } | undefined;
}

/**
 * State lives on `globalThis`: Next loads a module once per layer, and again at every hot reload. Versions whose records
 * have another layout have another key, and work side by side.
 */
const key = Symbol.for(`next-protego/registry/${layout}`);

export function registry(): Registry {
  const scope = globalThis as { [key]?: Registry };
  const found = scope[key];
  return found?.layout === layout
    ? found
    : (scope[key] = { layout, breakers: new Map(), listeners: new Set(), capacity: 1000, wrappers: 0 });
}

/** The breaker of this key. What is no record of ours is none. */
export function liveBreaker(name: string): Breaker | undefined {
  const found = registry().breakers.get(name);
  return found?.layout === layout ? found : undefined;
}

/** A wrapper's rank among those of the circuit: the one made last has the highest. `register` is above them. */
export function nextRank(): number {
  return ++registry().wrappers;
}
