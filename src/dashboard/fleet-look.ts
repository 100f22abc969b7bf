import { registry } from "../breaker/registry.ts";
import type { StoreInUse, StoreUse } from "../breaker/store-in-use.ts";
import { type FleetReport, fleetReport } from "../operations/fleet-report.ts";
import { epochMs, monotonicClock } from "../runtime/clock.ts";
import { sharesWork } from "../runtime/environment.ts";
import { inTime } from "./in-time.ts";

/** One look at a store, for whoever looks in the same second. */
export interface FleetLook {
  /** Numbers the stores of this process. */
  readonly store: number;
  /** Milliseconds since 1970. */
  readonly epoch: number;
  readonly use: StoreUse;
  readonly report: FleetReport | "cannot list" | "no answer";
}

const everyMs = 1000;
/** More circuits than these are not read. */
export const mostListed = 500;
const mostStores = 16;

interface Known {
  readonly number: number;
  at: number;
  look: FleetLook | undefined;
  underWay: Promise<FleetLook> | undefined;
}

const known = new WeakMap<StoreInUse, Known>();
let numbered = 0;

/** The stores that circuits of this process share, and the one given. */
export function storesInUse(given?: StoreInUse): StoreInUse[] {
  const stores = new Set(given ? [given] : []);
  for (const { fleet } of registry().breakers.values()) if (fleet?.inUse) stores.add(fleet.inUse);
  return [...stores].slice(0, mostStores);
}

/** The store of this number, if it is in use. */
export function storeOfNumber(number: string | null, given?: StoreInUse): StoreInUse | undefined {
  return storesInUse(given).find((store) => number === null || String(knownOf(store).number) === number);
}

export function lookAtFleet(given?: StoreInUse): Promise<FleetLook[]> {
  return Promise.all(storesInUse(given).map(sharedLook));
}

/** However many look: a store is read once a second. What was done in between shows with the next look. */
async function sharedLook(store: StoreInUse): Promise<FleetLook> {
  const its = knownOf(store);
  if (its.look && monotonicClock.now() - its.at < everyMs) return its.look;
  const read = its.underWay ?? readNow(store, its.number);
  // On Workers nobody may wait for what the request of somebody else has begun.
  if (sharesWork()) its.underWay = read;
  const look = await read;
  its.underWay = undefined;
  its.at = monotonicClock.now();
  return (its.look = look);
}

/** After a command: the next look shall show it. */
export function lookAnew(store: StoreInUse): void {
  knownOf(store).look = undefined;
}

function knownOf(store: StoreInUse): Known {
  const its = known.get(store) ?? { number: ++numbered, at: 0, look: undefined, underWay: undefined };
  known.set(store, its);
  return its;
}

async function readNow(inUse: StoreInUse, number: number): Promise<FleetLook> {
  const { store } = inUse;
  const common = { store: number, use: inUse.use() };
  if (!store.list) return { ...common, epoch: epochMs(), report: "cannot list" };
  try {
    const listing = await inTime(store.list(mostListed));
    return { ...common, epoch: epochMs(), report: fleetReport(listing) };
  } catch {
    // Messages of clients quote keys and tokens.
    return { ...common, epoch: epochMs(), report: "no answer" };
  }
}
