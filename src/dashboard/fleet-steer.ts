import { boundedName } from "../breaker/bounded-name.ts";
import { registry } from "../breaker/registry.ts";
import type { StoreInUse } from "../breaker/store-in-use.ts";
import { generationOf } from "../operations/command-fleet.ts";
import { respond, jsonResponse, refusal } from "./respond.ts";
import { auditLine, told } from "./audit.ts";
import { isAction, lengthIn } from "./command.ts";
import { decodedName } from "./encoded-name.ts";
import { carryOutAll, carryOutEach, type Order, troubleOf } from "./fleet-orders.ts";
import { lookAnew, storesInUse, storeOfNumber } from "./fleet-look.ts";
import { inTime } from "./in-time.ts";

/**
 * Carries out `fleet/circuits/:name/:action` and `fleet/all/:action` on the store, whatever process has the circuits.
 * With `?seen=` the generation that the sender has seen, it is refused when the circuit has changed meanwhile.
 * Whatever may have been done is a line for the log, whether it is known or not.
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
  if (!isAction(action) || action === "reset" || (!isAll && name === undefined)) {
    return refusal(404, "Not Found");
  }
  const number = searchParams.get("store");
  const inUse = number === null ? storeMeant(name, given) : storeOfNumber(number, given);
  if (inUse === "one of several") return refusal(400, "There are several stores: say which with ?store=.");
  if (!inUse) return refusal(404, "Not Found");
  const length = lengthIn(action, asked);
  if ("wrong" in length) return refusal(400, length.wrong);
  const why = (searchParams.get("reason") ?? "").trim().slice(0, 200);
  const order: Order = { action, who, why, forMs: length.ms };
  const seen = searchParams.get("seen");
  try {
    if (name !== undefined && seen !== null) {
      const generation = await inTime(generationOf(inUse.store, name));
      if (seen !== String(generation)) return refusal(409, "The circuit has changed meanwhile.");
    }
  } catch {
    return refusal(502, "The store does not answer: the command was not sent.");
  }
  const outcome =
    name === undefined ? await carryOutAll(inUse, order) : await carryOutEach(inUse, [name], order);
  lookAnew(inUse);
  const trouble = troubleOf(outcome);
  if (outcome.given > 0 || outcome.isUncertain || trouble === undefined) {
    told(audit, auditLine(`fleet: ${action}`, name, order, trouble));
  }
  if (trouble !== undefined) {
    return refusal((!outcome.isUncertain && outcome.refused?.status) || 502, trouble);
  }
  if (page === undefined)
    return jsonResponse(name === undefined ? { done: action } : { circuit: name, done: action });
  return respond(null, "text/plain", 303, { location: page });
}

/** Where nobody says which: the one of this circuit, or the only one. */
function storeMeant(
  name: string | undefined,
  given: StoreInUse | undefined,
): StoreInUse | "one of several" | undefined {
  const stores = storesInUse(given);
  if (stores.length < 2) return stores[0];
  const own = name === undefined ? undefined : registry().breakers.get(name)?.fleet?.inUse;
  return own ?? "one of several";
}
