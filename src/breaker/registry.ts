import { figuresOf } from "../core/figures-of.ts";
import { isHeldClosed } from "../core/machine.ts";
import { tellOnce } from "../runtime/environment.ts";
import { type Breaker, createBreaker, emit, isHeard, layout } from "./breaker.ts";
import type { ResolvedCircuitOptions } from "./resolved-options.ts";
import type { Listener } from "./events.ts";
import { giveOptions } from "./options-in-force.ts";
import { shortHash } from "./short-hash.ts";
import { tellWatchers } from "./watchers.ts";

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

/** The circuit of all names for which there is no room. */
const overflow = "(overflow)";

/** The breaker of this name, made when there is none. It is given the options, unless it has been. */
export function obtainBreaker(
  name: string,
  options: ResolvedCircuitOptions,
  rank: number,
  alreadyGiven?: WeakSet<Breaker>,
): Breaker {
  const { breakers, listeners, capacity } = registry();
  let key = boundedName(name);
  let breaker = liveBreaker(key);
  if (!breaker && !hasRoom()) {
    tellOnce(
      () =>
        `[too-many-circuits] more than ${capacity} circuits are needed: further names share "${overflow}".`,
    );
    breaker = liveBreaker((key = overflow));
  }
  if (breaker && alreadyGiven?.has(breaker)) return breaker;
  const isNew = !breaker;
  breaker ??= createBreaker(key, options.policy, options.clock, listeners);
  breakers.set(key, breaker);
  alreadyGiven?.add(breaker);
  giveOptions(breaker, options, rank);
  // What many names share is nobody's in other isolates, and stays once it is needed.
  if (key === overflow) breaker.kept = true;
  else breaker.fleet ??= options.store?.attach(breaker);
  if (isNew) {
    const phase = options.initial?.begin(key, breaker.policy, breaker.clock.now());
    if (phase) breaker.phase = phase;
    if (isHeard(breaker)) emit(breaker, { type: "circuit.created", circuit: key });
  }
  return breaker;
}

/** Whether one more circuit may be made; where there is none, room is made. */
function hasRoom(): boolean {
  const { breakers, capacity } = registry();
  return breakers.size - Number(breakers.has(overflow)) < capacity || makeRoom();
}

/**
 * Forgets a circuit that nobody needs: one without failures before one with, one that was idle before one that was used.
 *
 * @returns false when all are needed
 */
export function makeRoom(): boolean {
  let least: Breaker | undefined;
  let lowest = Infinity;
  for (const breaker of registry().breakers.values()) {
    const rank = missed(breaker);
    if (rank < lowest) [least, lowest] = [breaker, rank];
    if (rank === 0) break;
  }
  if (least) forget(least, "circuit.forgotten");
  return least !== undefined;
}

/** How much a circuit would be missed. `Infinity`: it is open, held, busy, listened to, or was asked for by name. */
function missed(breaker: Breaker): number {
  if (breaker?.layout !== layout) return Infinity;
  const { phase, kept, inFlight, listeners, optionListener, touched, policy, clock } = breaker;
  const isHeardByOthers = listeners.size > Number(optionListener !== undefined);
  if (phase.state !== "closed" || isHeldClosed(phase, clock.now()) || kept || inFlight > 0 || isHeardByOthers)
    return Infinity;
  breaker.touched = false;
  const { failures } = figuresOf(policy.opensOn, phase.tally, clock.now());
  return (failures > 0 ? 2 : 0) + Number(touched);
}

/** Takes a circuit out of the registry. Whoever holds it looks it up again. */
export function forget(breaker: Breaker, type: "circuit.forgotten" | "circuit.disposed"): void {
  breaker.retired = true;
  registry().breakers.delete(breaker.name);
  tellWatchers(breaker);
  if (isHeard(breaker)) emit(breaker, { type, circuit: breaker.name });
}

/** A breaker that was forgotten, back again. */
export function revived(breaker: Breaker): Breaker {
  if (breaker.retired) {
    hasRoom();
    breaker.retired = false;
    registry().breakers.set(breaker.name, breaker);
    if (isHeard(breaker)) emit(breaker, { type: "circuit.created", circuit: breaker.name });
  }
  return breaker;
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
