export { storeStep } from "./core/store-step.ts";
export { shareStore } from "./sharing/share-store.ts";
export { cacheApi } from "./stores/cache-api.ts";
export { compareAndSetStore } from "./stores/compare-and-set-store.ts";
export { hintFrom } from "./stores/hint.ts";
export { listedRecord } from "./stores/listed-record.ts";
export { memoryStore } from "./stores/memory-store.ts";

export type {
  FleetPolicy,
  FleetRecord,
  FleetReply,
  FleetRequest,
  Lease,
  OwnRequest,
  Vote,
} from "./core/fleet-record.ts";
export type { Store } from "./core/store.ts";
export type { GivenCommand, ListedCircuit, StoreListing, StoreNote } from "./core/store-listing.ts";
export type { StoreStep } from "./core/store-step.ts";
export type { SharedStore } from "./breaker/shared-store.ts";
export type { StoreInUse, StoreUse } from "./breaker/store-in-use.ts";
export type { SharingOptions } from "./sharing/share-store.ts";
export type { KeptRecord, RecordKeeper } from "./stores/compare-and-set-store.ts";
export type { HintCarrier, HintOptions, StoreHint } from "./stores/hint.ts";
