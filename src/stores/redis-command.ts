import { circuitStates } from "../core/phase.ts";
import { type FleetReply, type FleetRequest, recordLifeMs } from "../core/fleet-record.ts";
import { newerRecord, storeError } from "../core/store.ts";

/** Version of the record that this code writes; it understands the one before as well. */
const schema = 2;

/**
 * The key of a circuit: hash-tagged, so that a cluster keeps it in one slot, and escaped, so that no name can reach
 * out of its braces.
 */
export function keyOf(prefix: string, circuit: string): string {
  return `${prefix}:{${encodeURIComponent(circuit)}}`;
}

/** A request as the script's arguments. */
export function argumentsOf(request: FleetRequest): string[] {
  const { type, life, quorum, threshold, sharePercent, windowMs, longestOpeningMs, openMs } = request;
  const { trials, concurrent, tolerated, everyMs, stayMs } = request;
  const common = [schema, type, life, quorum, threshold, sharePercent, windowMs, longestOpeningMs];
  const ofTrials = [trials, concurrent, tolerated, everyMs, stayMs];
  return [...[...common, ...ofTrials].map(whole), openMs.map(whole).join(","), ...own(request).map(whole)];
}

function own(request: FleetRequest): Array<number | string> {
  switch (request.type) {
    case "report": {
      const { reporter, sequence, run, seen, isFaded } = request;
      return [reporter, sequence, run, seen, isFaded ? 1 : 0];
    }
    case "lease":
      return [request.token, request.isAlone ? 1 : 0, request.leaseMs, request.aheadMs ?? 0];
    case "settle":
      return [request.token, request.generation, request.verdict];
    case "open":
      return [request.seen ?? -1, request.isForced ? 1 : 0];
    case "close":
      return [request.seen ?? -1, request.isForced ? 1 : 0, request.forMs ?? -1];
    case "half-open":
      return [request.seen ?? -1];
    case "read":
      return [];
  }
}

function whole(value: number | string): string {
  return typeof value === "number" ? String(Math.round(value)) : value;
}

const flags = { granted: 1, suspect: 2, forced: 4, repaired: 8 };

/**
 * The script's answer. Whatever a store says is checked: an answer that is none is an error, never "closed".
 *
 * @throws {TypeError} when it is no answer of the script
 */
export function replyOf(given: unknown): FleetReply {
  const numbers = Array.isArray(given) ? given.map(Number) : [];
  if (numbers.length === 1 && numbers[0] === -1) throw newerRecord();
  const [life, generation, state, waitMs, trips, flag, closedMs] = numbers;
  const known = circuitStates[state!];
  if (numbers.length !== 7 || !numbers.every(Number.isSafeInteger) || known === undefined) {
    throw storeError("UnreadableReply", "the store's reply is none of the script's");
  }
  return {
    life: life!,
    generation: generation!,
    state: known,
    waitMs: Math.min(Math.max(0, waitMs!), recordLifeMs),
    trips: trips!,
    closedMs: closedMs! < 0 ? undefined : closedMs,
    isGranted: (flag! & flags.granted) > 0,
    isSuspect: (flag! & flags.suspect) > 0,
    isForced: (flag! & flags.forced) > 0,
    isRepaired: (flag! & flags.repaired) > 0,
  };
}
