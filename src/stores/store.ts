import type { FleetReply, FleetRequest } from "../core/fleet-record.ts";

/**
 * Where a fleet keeps what it knows of its circuits. One method: one atomic round trip that follows `fleetStep`.
 * It may reject, answer late or never; nobody waits for it longer than the bound, and no call fails for it.
 */
export interface Store {
  step(circuit: string, request: FleetRequest): Promise<FleetReply>;
}
