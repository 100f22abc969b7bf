import { fleetStep, newRecord } from "./fleet.ts";
import { type FleetReply, type FleetRequest, recordLifeMs } from "./fleet-record.ts";
import { recordIn, textOf } from "./stored-record.ts";

export interface StoreStep {
  /** The record to keep from now on, or `undefined` to leave what is there. */
  readonly keep: string | undefined;
  readonly reply: FleetReply;
}

/**
 * One step of a shared circuit as a pure function: all that a store has to do but to keep a text, atomically.
 *
 * @param stored the text that was kept last, or nothing. What is no record is repaired
 * @param elapsedMs since that text was kept, by the store's own clock. After 48 hours it counts as gone, unless it is
 *   held by a command
 * @returns a text of a few hundred bytes, a few kilobytes at most, and the reply
 * @throws {TypeError} named `NewerRecord` for the text of a newer version: leave it alone, and reject with that error
 * @example
 * const { keep, reply } = storeStep(row?.record, request, row ? now - row.writtenAt : 0);
 * if (keep !== undefined) await write(circuit, keep);
 * return reply;
 */
export function storeStep(
  stored: string | null | undefined,
  request: FleetRequest,
  elapsedMs: number,
): StoreStep {
  if (stored === undefined || stored === null || (elapsedMs >= recordLifeMs && !isHeld(stored))) {
    const { record, reply } = fleetStep(undefined, request, 0);
    return { keep: record && textOf(record), reply };
  }
  const found = recordIn(stored);
  const before = found ?? newRecord(request.life);
  // A clock that steps back makes a record no younger than new.
  const isTimely = elapsedMs >= 0;
  const { record, reply } = fleetStep(before, request, isTimely && found ? Math.round(elapsedMs) : 0);
  const isKept = record === undefined && found !== undefined && isTimely;
  return {
    keep: isKept ? undefined : textOf(record ?? before),
    reply: found ? reply : { ...reply, isRepaired: true },
  };
}

/** Open or closed by a command, until another one. */
function isHeld(text: string): boolean {
  try {
    return recordIn(text)?.isForced === true;
  } catch {
    // Whoever wrote it could still read it, and has not for two days.
    return false;
  }
}
