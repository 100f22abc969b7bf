import { tellOnce } from "../runtime/environment.ts";
import { adoptPolicy, type Breaker, createBreaker } from "./breaker.ts";
import type { ResolvedCircuitOptions } from "./circuit-options.ts";
import type { Listener } from "./events.ts";
import { tellWatchers } from "./watchers.ts";

export interface Registry {
  readonly breakers: Map<string, Breaker>;
  readonly listeners: Set<Listener>;
  /** How many breakers are kept at most. */
  capacity: number;
}

/** State lives on `globalThis`: Next loads a module once per layer, and again at every hot reload. */
const key = Symbol.for("next-protego/registry/1");

export function registry(): Registry {
  const scope = globalThis as { [key]?: Registry };
  const found = scope[key];
  return found?.breakers && found.listeners
    ? found
    : (scope[key] = { breakers: new Map(), listeners: new Set(), capacity: 1000 });
}

/** The breaker of this name, made when there is none; a live one takes over the options. */
export function obtainBreaker(
  name: string,
  options: ResolvedCircuitOptions,
  alreadyGiven?: WeakSet<Breaker>,
): Breaker {
  const { breakers, listeners, capacity } = registry();
  const key = boundedName(name);
  const { policy, clock, on } = options;
  let breaker = breakers.get(key);
  if (breaker === undefined) {
    if (breakers.size >= capacity) makeRoom(breakers);
    breakers.set(key, (breaker = createBreaker(key, policy, clock, listeners)));
    const phase = options.initial?.(key, policy, clock.now());
    // Closed it is anyway; and what is no phase would end nothing that it began.
    if (phase?.state === "open" && phase.until >= phase.since && phase.generation >= 0) breaker.phase = phase;
  } else if (alreadyGiven?.has(breaker)) return breaker;
  if (breaker.policy.summary !== policy.summary) {
    tellOnce(`circuit "${key}" is used with different options: the latest hold, state and counts stay.`);
    adoptPolicy(breaker, policy);
  }
  alreadyGiven?.add(breaker);
  breaker.fleet ??= options.store?.attach(breaker);
  breaker.clock = clock;
  if (breaker.optionListener) breaker.listeners.delete(breaker.optionListener);
  if (on) breaker.listeners.add(on);
  breaker.optionListener = on;
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
      tellWatchers(breaker);
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
  let high = 7;
  let low = 11;
  for (let i = 0; i < name.length; i++) {
    high = Math.imul(high ^ name.charCodeAt(i), 2654435761);
    low = Math.imul(low ^ name.charCodeAt(i), 1597334677);
  }
  // The cut may go through a character; and a key is its own key.
  const begin = name.slice(0, longestName - 24).replace(loneSurrogates, "\ufffd");
  return `${begin}…${high >>> 0}.${low >>> 0}`;
}
