import type { Phase } from "../../src/core/phase.ts";
import { after, movesOf } from "./moves.ts";
import type { Machine } from "./machine.ts";
import type { Play } from "./play.ts";
import { draftOf, keyOf, type World } from "./world.ts";

/** A reset timeout, leases of the lost that run out twice, and patience in between: in seconds. */
export const healsWithin = 30;

/** Situations from which the fleet is known to close, and how soon. */
export type Healed = Map<number, number>;

/**
 * From here on the upstream is healthy, nothing is lost and each isolate has a call a second. Does every circuit close?
 *
 * @returns the seconds that it takes, or `undefined` when it takes longer than the bound
 */
export function secondsToHeal(from: World, machine: Machine, healed: Healed): number | undefined {
  const way: number[] = [];
  let here = healthy(from);
  for (let second = 0; second <= healsWithin; second++) {
    const key = keyOf(here, true);
    const known = healed.get(key);
    if (known !== undefined || isClosed(here)) {
      const rest = known ?? 0;
      way.forEach((each, index) => healed.set(each, rest + way.length - index));
      healed.set(key, rest);
      return rest + second <= healsWithin ? rest + second : undefined;
    }
    way.push(key);
    here = oneSecond(here, machine);
  }
  return undefined;
}

function healthy(from: World): World {
  const draft = draftOf(from);
  draft.isUp = true;
  draft.left = {};
  for (const each of draft.isolates) each.isCutOff = false;
  draft.isStoreUp = true;
  return draft;
}

/** What is held by hand is let go by hand: at each isolate that holds it, or at any where only the store does. */
function letGo(play: Play): void {
  const { record, isolates } = play.world;
  const holding = isolates.filter(({ isGone, phase }) => !isGone && isHeld(phase));
  const alive = isolates.filter(({ isGone }) => !isGone).slice(0, 1);
  const those = holding.length > 0 ? holding : record?.isForced ? alive : [];
  for (const each of those) play.command("close", isolates.indexOf(each));
}

function isHeld(phase: Phase): boolean {
  return phase.state === "closed"
    ? phase.heldUntil === Infinity
    : phase.state === "open" && phase.until === Infinity;
}

function isClosed({ record, isolates }: World): boolean {
  return !record?.isOpen && isolates.every(({ phase, isGone }) => isGone || phase.state === "closed");
}

/** Everybody calls, everything arrives and ends, and a second passes. */
function oneSecond(from: World, machine: Machine): World {
  let here = after(from, { story: "", uses: undefined, run: letGo }, machine);
  for (let index = 0; index < here.isolates.length; index++) {
    if (here.isolates[index]!.isGone) continue;
    if (here.isolates[index]!.isFrozen) continue;
    here = after(here, { story: "", uses: undefined, run: (play) => play.call(index, -1 - index) }, machine);
    here = settledNow(here, machine);
  }
  here = settledNow(here, machine);
  return after(here, { story: "", uses: undefined, run: (play) => play.tick() }, machine);
}

function settledNow(from: World, machine: Machine): World {
  let here = from;
  for (let step = 0; step < 100; step++) {
    const move = movesOf(here)[0];
    if (!move) return here;
    here = after(here, move, machine);
  }
  return here;
}
