import { recordLifeMs } from "../core/fleet-record.ts";
import { type ListedCircuit, seenAfter } from "../core/store-listing.ts";
import { recordIn } from "../core/stored-record.ts";

/**
 * The record in a text that `storeStep` has made, as it is now: what `list` of a store shows.
 *
 * @param elapsedMs since the text was kept, by the store's own clock
 * @returns a word where it cannot be read, `undefined` where it has expired
 */
export function listedRecord(text: string, elapsedMs: number): ListedCircuit["record"] | undefined {
  try {
    const record = recordIn(text);
    if (elapsedMs >= recordLifeMs && !record?.isForced) return undefined;
    return record ? seenAfter(record, Math.max(0, elapsedMs)) : "unreadable";
  } catch {
    return elapsedMs >= recordLifeMs ? undefined : "newer";
  }
}
