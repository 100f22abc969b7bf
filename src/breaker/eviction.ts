import { figuresOf } from "../core/figures-of.ts";
import { isHeldClosed } from "../core/machine.ts";
import { expireCalls } from "#request-end";
import { type Breaker, emit, isHeard, layout } from "./breaker.ts";
import { registry } from "./registry.ts";
import { releasePlace } from "./settle-call.ts";
import { tellWatchers } from "./watchers.ts";

/** The circuit of all names for which there is no room. */
export const overflow = "(overflow)";

/** Whether one more circuit may be made; where there is none, room is made. */
export function hasRoom(): boolean {
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
  // Nobody may ever ask it for a call again, and find those that were lost.
  expireCalls(breaker, releasePlace);
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
