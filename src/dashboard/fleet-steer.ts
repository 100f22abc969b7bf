import { circuits } from "../breaker/circuits.ts";
import { boundedName } from "../breaker/bounded-name.ts";
import { registry } from "../breaker/registry.ts";
import type { StoreInUse } from "../breaker/store-in-use.ts";
import { commandFleet, generationOf } from "../operations/command-fleet.ts";
import { epochMs, monotonicClock } from "../runtime/clock.ts";
import { respond, jsonResponse, refusal } from "./respond.ts";
import { type Action, isAction, lengthIn } from "./command.ts";
import { decodedName } from "./encoded-name.ts";
import { lookAnew, storeOfNumber } from "./fleet-look.ts";
import { inTime } from "./in-time.ts";
import { memory } from "./remember.ts";
import { told } from "./steer.ts";

/** A circuit of which this process knows no options opens for so long. */
const unknownOpenMs = 60_000;
const atOnce = 20;
/** A command for all is for all that can be found: the page itself reads fewer. */
const mostCommanded = 50_000;

/**
 * Carries out `fleet/circuits/:name/:action` and `fleet/all/:action` on the store, whatever process has the circuits.
 * With `?seen=` the generation that the sender has seen, it is refused when the circuit has changed meanwhile.
 *
 * @param path encoded segments after `fleet`
 * @param page where a browser without scripts is sent afterwards
 */
export async function steerFleet(
  url: string,
  path: readonly string[],
  who: string,
  page: string | undefined,
  audit: (line: string) => unknown,
  given: StoreInUse | undefined,
): Promise<Response> {
  const asked = new URL(url);
  const { searchParams } = asked;
  const action = path.at(-1);
  const isAll = path.length === 2 && path[0] === "all";
  const decoded = path.length === 3 && path[0] === "circuits" ? decodedName(path[1]!) : undefined;
  const name = decoded ? boundedName(decoded) : undefined;
  const inUse = storeOfNumber(searchParams.get("store"), given);
  if (!inUse || !isAction(action) || action === "reset" || (!isAll && name === undefined)) {
    return refusal(404, "Not Found");
  }
  const length = lengthIn(action, asked);
  if ("wrong" in length) return refusal(400, length.wrong);
  const why = (searchParams.get("reason") ?? "").trim().slice(0, 200);
  const order = { action, who, why, forMs: length.ms };
  let isCutShort = false;
  try {
    if (name !== undefined) {
      const seen = searchParams.get("seen");
      if (seen !== null && seen !== String(await inTime(generationOf(inUse.store, name)))) {
        return refusal(409, "The circuit has changed meanwhile.");
      }
      await carryOut(inUse, name, order);
    } else isCutShort = await carryOutAll(inUse, order);
  } catch (error) {
    if (error instanceof RangeError) return refusal(400, error.message);
    if ((error as Error).name === "NotCarriedOut") return refusal(409, "The circuit has changed meanwhile.");
    return refusal(502, "The store does not answer: nothing is known of what it has done.");
  } finally {
    lookAnew(inUse);
  }
  const what = name === undefined ? "all shared circuits" : JSON.stringify(name);
  const because = why && `, because ${JSON.stringify(why)}`;
  told(audit, `next-protego: fleet: ${action} ${what} by ${JSON.stringify(who)}${because}`);
  if (isCutShort) {
    return refusal(502, "There may be more circuits than were found: not all were given the command.");
  }
  if (page === undefined)
    return jsonResponse(name === undefined ? { done: action } : { circuit: name, done: action });
  return respond(null, "text/plain", 303, { location: page });
}

interface Order {
  readonly action: Exclude<Action, "reset">;
  readonly who: string;
  readonly why: string;
  readonly forMs: number | undefined;
}

/** @returns whether there may be circuits that were not found */
async function carryOutAll(inUse: StoreInUse, order: Order): Promise<boolean> {
  const { store } = inUse;
  if (!store.list) throw new TypeError("the store cannot list its circuits");
  const listing = await inTime(store.list(mostCommanded));
  const wanted = listing.circuits.filter(({ record }) => {
    if (typeof record === "string") return false;
    return order.action !== "half-open" || (record.isOpen && !record.isForced);
  });
  for (let at = 0; at < wanted.length; at += atOnce) {
    const some = wanted.slice(at, at + atOnce);
    // oxlint-disable-next-line no-await-in-loop
    await Promise.all(some.map(({ circuit }) => carryOut(inUse, circuit, order)));
  }
  return listing.isCutShort;
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
