export { upstashStore } from "./stores/upstash-store.ts";

export type { SharedStore } from "./breaker/shared-store.ts";
export type { SharingOptions } from "./sharing/share-store.ts";
export type { HintCarrier, StoreHint } from "./stores/hint.ts";
export type { UpstashLike, UpstashStoreOptions } from "./stores/upstash-store.ts";
