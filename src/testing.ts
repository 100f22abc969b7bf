export { forceState } from "./testing/force-state.ts";
export { resetCircuits } from "./testing/reset-circuits.ts";
export { storeContract } from "./testing/store-contract.ts";
export { testClock } from "./testing/test-clock.ts";

export type { FleetReply, FleetRequest } from "./core/fleet-record.ts";
export type { Store } from "./core/store.ts";
export type { StoreCheck, StoreContractOptions } from "./testing/store-contract.ts";
export type { TestClock } from "./testing/test-clock.ts";
