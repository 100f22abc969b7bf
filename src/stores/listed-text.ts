import { recordLifeMs } from "../core/fleet-record.ts";
import { type ListedCircuit, seenAfter } from "../core/store-listing.ts";
import { recordIn } from "../core/stored-record.ts";

/** The record in a text of `storeStep`, as it is now; `undefined` where it has expired. */
export function listedIn(text: string, elapsedMs: number): ListedCircuit["record"] | undefined {
  try {
    const record = recordIn(text);
    if (elapsedMs >= recordLifeMs && !record?.isForced) return undefined;
    return record ? seenAfter(record, Math.max(0, elapsedMs)) : "unreadable";
  } catch {
    return elapsedMs >= recordLifeMs ? undefined : "newer";
  }
}
