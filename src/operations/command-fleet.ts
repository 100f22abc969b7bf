import { believable } from "../core/believed-reply.ts";
import { type FleetReply, type FleetRequest, type OwnRequest, recordLifeMs } from "../core/fleet-record.ts";
import { type Store, storeError } from "../core/store.ts";
import type { GivenCommand } from "../core/store-listing.ts";
import { monotonicClock } from "../runtime/clock.ts";
import { random } from "../runtime/random.ts";

/** A circuit that changes more often while it is commanded is left to the others. */
const mostTimes = 6;
/** After that whoever commands may have turned away: nothing is sent anew. */
const waitsMs = 2000;

/** A command to the whole fleet, from outside of it. */
export interface FleetCommand extends GivenCommand {
  /** How long it stays open before trials decide. */
  readonly openMs: number;
  /** How long it is held closed: of a closing that is not forced. */
  readonly heldMs?: number | undefined;
}

/**
 * Gives a command to the fleet by its store, without the app: isolates hear of it when they next ask. Who gave it is
 * written beside it, where the store can.
 *
 * @returns what has become of the circuit; rejects where the store does not answer
 */
export async function commandFleet(
  store: Store,
  circuit: string,
  command: FleetCommand,
): Promise<FleetReply> {
  const { openMs, heldMs, ...given } = command;
  const reply = await carriedOut(believable(store), circuit, commandOf(given, heldMs), openMs);
  // The command has been given: a note that is lost undoes nothing.
  await store.note?.({ about: "circuit", circuit, command: given }).catch(() => {});
  return reply;
}

/**
 * Carried out by the store only where it stands at the generation that we know, so that a command which arrives when nobody waits
 * for it any more undoes nothing that has happened since.
 */
async function carriedOut(
  store: Pick<Store, "step">,
  circuit: string,
  command: OwnRequest,
  openMs: number,
): Promise<FleetReply> {
  const begun = monotonicClock.now();
  let seen = 0;
  for (let times = 0; times < mostTimes; times++) {
    // oxlint-disable-next-line no-await-in-loop
    const reply = await store.step(circuit, requestOf({ ...command, seen } as OwnRequest, openMs));
    if (reply.isGranted) return reply;
    if (monotonicClock.now() - begun > waitsMs) break;
    seen = reply.generation;
  }
  throw storeError("NotCarriedOut", "the circuit changed, or the store was silent, while it was commanded");
}

/** Which of its changes a circuit stands at; 0 where the store knows nothing of it. */
export async function generationOf(store: Store, circuit: string): Promise<number> {
  return (await believable(store).step(circuit, requestOf({ type: "read" }, 1))).generation;
}

function commandOf({ type, isForced }: GivenCommand, heldMs: number | undefined): OwnRequest {
  if (type === "half-open") return { type };
  return type === "close" && heldMs !== undefined
    ? { type, isForced: true, forMs: heldMs }
    : { type, isForced };
}

function requestOf(own: OwnRequest, openMs: number): FleetRequest {
  return {
    life: 1 + Math.floor(random() * (2 ** 31 - 2)),
    // No command asks for these; the circuit's own rules hold again with its next call.
    quorum: 2,
    threshold: 3,
    sharePercent: 50,
    windowMs: 10_000,
    openMs: [openMs],
    // What others have decided is not cut down to our ideas.
    longestOpeningMs: recordLifeMs,
    trials: 2,
    concurrent: 2,
    tolerated: 0,
    everyMs: 0,
    stayMs: 0,
    ...own,
  };
}
