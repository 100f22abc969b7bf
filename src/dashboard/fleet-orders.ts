import { circuits } from "../breaker/circuits.ts";
import { registry } from "../breaker/registry.ts";
import type { StoreInUse } from "../breaker/store-in-use.ts";
import { commandFleet } from "../operations/command-fleet.ts";
import { epochMs, monotonicClock } from "../runtime/clock.ts";
import type { Action } from "./command.ts";
import { inTime } from "./in-time.ts";
import { memory } from "./remember.ts";

/** A circuit of which this process knows no options opens for so long. */
const unknownOpenMs = 60_000;
const atOnce = 20;
/** A command for all is for all that can be found: the page itself reads fewer. */
const mostCommanded = 50_000;

/** Somebody's command to circuits of a store, whatever process has them. */
export interface Order {
  readonly action: Exclude<Action, "reset">;
  readonly who: string;
  readonly why: string;
  readonly forMs: number | undefined;
}

/** Why a circuit was not given an order that reached its store. */
interface Refused {
  readonly status: 400 | 409;
  readonly words: string;
}

/** What has become of an order. */
export interface Outcome {
  /** Circuits that it was for; `undefined` where that could not be found out. */
  readonly meant: number | undefined;
  /** That are known to have been given it. */
  readonly given: number;
  /** What one of them had against it. */
  readonly refused?: Refused | undefined;
  /** The store stopped answering: what is not known may have been done. */
  readonly isUncertain: boolean;
  /** There may be circuits that were not found. */
  readonly isCutShort: boolean;
}

/** In words what did not go as it was meant. */
export function troubleOf({ meant, given, refused, isUncertain, isCutShort }: Outcome): string | undefined {
  if (meant === undefined) return "The store does not answer: no circuit was found, none was commanded.";
  if (isUncertain) {
    return meant === 1
      ? "The store does not answer: nothing is known of what it has done."
      : `The store does not answer: ${given} of ${meant} circuits are known to have been given the command.`;
  }
  if (refused !== undefined) {
    const { words } = refused;
    return meant === 1 ? words : `${given} of ${meant} circuits were given the command. ${words}`;
  }
  return isCutShort
    ? "There may be more circuits than were found: not all were given the command."
    : undefined;
}

export async function carryOutAll(inUse: StoreInUse, order: Order): Promise<Outcome> {
  const { store } = inUse;
  const nothing = { given: 0, isUncertain: false, isCutShort: false };
  if (!store.list) {
    const words = "The store cannot list its circuits: none was commanded.";
    return { ...nothing, meant: 0, refused: { status: 400, words } };
  }
  try {
    const { circuits: listed, isCutShort } = await inTime(store.list(mostCommanded));
    const wanted = listed.filter(({ record }) => {
      if (typeof record === "string") return false;
      return order.action !== "half-open" || (record.isOpen && !record.isForced);
    });
    const names = wanted.map(({ circuit }) => circuit);
    return { ...(await carryOutEach(inUse, names, order)), isCutShort };
  } catch {
    return { ...nothing, meant: undefined };
  }
}

/** Some at a time. One that does not take it hinders no other; once the store is silent, nothing more is sent. */
export async function carryOutEach(
  inUse: StoreInUse,
  names: readonly string[],
  order: Order,
): Promise<Outcome> {
  let given = 0;
  let refused: Refused | undefined;
  let isUncertain = false;
  for (let at = 0; at < names.length && !isUncertain; at += atOnce) {
    const some = names.slice(at, at + atOnce).map((name) => carryOut(inUse, name, order));
    // oxlint-disable-next-line no-await-in-loop
    for (const each of await Promise.allSettled(some)) {
      if (each.status === "fulfilled") given++;
      else {
        const why = refusedBy(each.reason);
        refused ??= why;
        isUncertain ||= why === undefined;
      }
    }
  }
  return { meant: names.length, given, refused, isUncertain, isCutShort: false };
}

/** Longer than the options of a circuit allow, or too late; whatever else is thrown is of the store. */
function refusedBy(reason: unknown): Refused | undefined {
  if (reason instanceof RangeError) return { status: 400, words: reason.message };
  const hasChanged = (reason as Error | undefined)?.name === "NotCarriedOut";
  return hasChanged ? { status: 409, words: "The circuit has changed meanwhile." } : undefined;
}

/** On the store; a circuit of this process need not wait until it next asks there. */
async function carryOut(inUse: StoreInUse, name: string, { action, who, why, forMs }: Order): Promise<void> {
  const breaker = registry().breakers.get(name);
  if (breaker?.fleet?.inUse === inUse) {
    const at = { now: monotonicClock.now(), epoch: epochMs() };
    memory().look().command(circuits.get(name)!, { action, who, why, forMs }, at);
    return;
  }
  const given = commandFleet(inUse.store, name, {
    type: action === "hold-open" ? "open" : action === "hold-closed" ? "close" : action,
    isForced: action.startsWith("hold") && forMs === undefined,
    by: who,
    why: why || undefined,
    at: epochMs(),
    openMs: forMs ?? unknownOpenMs,
    heldMs: action === "hold-closed" ? forMs : undefined,
  });
  await inTime(given);
}
