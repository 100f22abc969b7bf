import { fleetStep } from "../core/fleet.ts";
import type { FleetRecord } from "../core/fleet-record.ts";
import type { Store } from "./store.ts";

/**
 * A store in this process, by the model itself: for tests, for simulations, and for a single long-lived server
 * whose edge functions have none.
 */
export function memoryStore(now: () => number = () => performance.now()): Store {
  const records = new Map<string, { record: FleetRecord; writtenAt: number }>();
  return {
    step(circuit, request) {
      const kept = records.get(circuit);
      const { record, reply } = fleetStep(kept?.record, request, kept ? now() - kept.writtenAt : 0);
      if (record) records.set(circuit, { record, writtenAt: now() });
      return Promise.resolve(reply);
    },
  };
}
