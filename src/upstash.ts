export { upstashStore } from "./sharing/upstash-store.ts";

export type { UpstashStoreOptions } from "./sharing/upstash-store.ts";
export type { SharingOptions } from "./sharing/share-store.ts";
export type { SharedStore } from "./breaker/shared-store.ts";
export type { UpstashLike } from "./stores/upstash-runner.ts";
