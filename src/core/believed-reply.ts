import { type FleetReply, type FleetRequest, longestLeaseMs, recordLifeMs } from "./fleet-record.ts";
import { circuitStates } from "./phase.ts";
import { type Store, storeError } from "./store.ts";

/** The store, but that it rejects where its answer cannot be believed. */
export function believable(store: Store): Store {
  return {
    ...withLooks(store),
    step: async (circuit, request) => believedReply(await store.step(circuit, request), request),
  };
}

/** A store may be an object of a class: what it can do beside `step` is taken by name. */
export function withLooks(store: Store): Pick<Store, "list" | "note" | "watch"> {
  return {
    ...(store.list && { list: (most) => store.list!(most) }),
    ...(store.note && { note: (note) => store.note!(note) }),
    ...(store.watch && { watch: (hear) => store.watch!(hear) }),
  };
}

/**
 * What a store has answered, if it can be believed: each part there, of its kind, within bounds, and nothing that
 * contradicts another. Rubbish in the right shape would otherwise refuse every call, or hold a circuit for years. No
 * wait is longer than the asker's own rules allow, whatever others had in mind.
 *
 * @throws {TypeError} named `UnreadableReply`, and saying which part is wrong
 */
export function believedReply(given: unknown, request: FleetRequest): FleetReply {
  if (Object(given) !== given) throw unbelievable("it");
  // Each part is read once: what is believed is what was checked.
  const { life, generation, state, waitMs, trips, closedMs, isGranted, isSuspect, isForced, isRepaired } =
    given as Record<keyof FleetReply, unknown>;
  const reply: FleetReply = {
    life: whole("life", life),
    generation: whole("generation", generation),
    state: (circuitStates as readonly unknown[]).includes(state)
      ? (state as FleetReply["state"])
      : refuse("state"),
    waitMs: waited(waitMs),
    trips: whole("trips", trips),
    // No store must tell.
    closedMs: closedMs === undefined || closedMs === null ? undefined : whole("closedMs", closedMs),
    isGranted: flag("isGranted", isGranted),
    isSuspect: flag("isSuspect", isSuspect),
    isForced: flag("isForced", isForced),
    isRepaired: flag("isRepaired", isRepaired),
  };
  if (reply.isGranted && !mayBeGranted(reply, request)) refuse("isGranted");
  if (reply.isForced && reply.state === "half-open") refuse("isForced");
  if (reply.life === 0 && (reply.state !== "closed" || reply.generation > 0)) refuse("life");
  return { ...reply, waitMs: Math.min(reply.waitMs, longestWaitMs(reply, request)) };
}

/** A place while open only to who asks ahead; else a command, that has been carried out. */
function mayBeGranted({ state }: FleetReply, request: FleetRequest): boolean {
  const { type } = request;
  if (type === "lease") return state !== "open" || (request.aheadMs ?? 0) > 0;
  return type !== "read" && type !== "report" && type !== "settle";
}

function longestWaitMs({ state, isForced }: FleetReply, request: FleetRequest): number {
  const { longestOpeningMs, openMs, everyMs } = request;
  if (isForced) return recordLifeMs;
  if (state === "closed") return 0;
  const ofTrials = Math.max(longestLeaseMs, everyMs);
  return Math.min(Math.max(longestOpeningMs, ...(state === "open" ? openMs : [ofTrials])), recordLifeMs);
}

function whole(part: keyof FleetReply, value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(part);
}

function waited(value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : refuse("waitMs");
}

function flag(part: keyof FleetReply, value: unknown): boolean {
  return typeof value === "boolean" ? value : refuse(part);
}

function refuse(part: keyof FleetReply): never {
  throw unbelievable(part);
}

function unbelievable(part: string): TypeError {
  return storeError("UnreadableReply", `the store's reply cannot be believed: ${part} is out of bounds`);
}
