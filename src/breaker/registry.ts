import { type Breaker, createBreaker } from "./breaker.ts";
import type { ResolvedCircuitOptions } from "./circuit-options.ts";
import type { Listener } from "./events.ts";
import { giveOptions } from "./options-in-force.ts";
import { shortHash } from "./short-hash.ts";

export interface Registry {
  readonly breakers: Map<string, Breaker>;
  readonly listeners: Set<Listener>;
  /** How many breakers are kept at most. */
  capacity: number;
  /** How many wrappers were made so far. */
  wrappers: number;
}

/** State lives on `globalThis`: Next loads a module once per layer, and again at every hot reload. */
const key = Symbol.for("next-protego/registry/2");

export function registry(): Registry {
  const scope = globalThis as { [key]?: Registry };
  const found = scope[key];
  return found?.breakers && found.listeners
    ? found
    : (scope[key] = { breakers: new Map(), listeners: new Set(), capacity: 1000, wrappers: 0 });
}

/** A wrapper's rank among those of the circuit: the one made last has the highest. `register` is above them. */
export function nextRank(): number {
  return ++registry().wrappers;
}

/** The breaker of this name, made when there is none. It is given the options, unless it has been. */
export function obtainBreaker(
  name: string,
  options: ResolvedCircuitOptions,
  rank: number,
  alreadyGiven?: WeakSet<Breaker>,
): Breaker {
  const { breakers, listeners, capacity } = registry();
  const key = boundedName(name);
  const { policy, clock } = options;
  let breaker = breakers.get(key);
  if (breaker === undefined) {
    if (breakers.size >= capacity) makeRoom(breakers);
    breakers.set(key, (breaker = createBreaker(key, policy, clock, listeners)));
    const phase = options.initial?.(key, policy, clock.now());
    // Closed it is anyway; and what is no phase would end nothing that it began.
    if (phase?.state === "open" && phase.until >= phase.since && phase.generation >= 0) breaker.phase = phase;
  } else if (alreadyGiven?.has(breaker)) return breaker;
  alreadyGiven?.add(breaker);
  giveOptions(breaker, options, rank);
  return breaker;
}

/** Idle closed ones go first, by a second-chance sweep; an open or listened one only when all others are too. */
export function makeRoom(breakers: Map<string, Breaker>): void {
  let steps = breakers.size * 2;
  for (const [name, breaker] of breakers) {
    breakers.delete(name);
    const idle = breaker.phase.state === "closed" && !breaker.touched && breaker.listeners.size === 0;
    if (idle || --steps < 0) {
      breaker.retired = true;
      return;
    }
    breaker.touched = false;
    breakers.set(name, breaker);
  }
}

const longestName = 512;

/** Halves of characters, which no URL and no Redis can carry. */
const loneSurrogates = /[\ud800-\udfff]/gu;

/** A name of any length as a key of bounded length; long names stay distinct by their hash. */
export function boundedName(given: string): string {
  const name = given.replace(loneSurrogates, "\ufffd");
  if (name.length <= longestName) return name;
  // The cut may go through a character; and a key is its own key.
  const begin = name.slice(0, longestName - 24).replace(loneSurrogates, "\ufffd");
  return `${begin}…${shortHash(name)}`;
}
