export { redisStore } from "./sharing/redis-store.ts";
export { shareStore } from "./sharing/share-store.ts";
export { memoryStore } from "./stores/memory-store.ts";

export type { RedisStoreOptions } from "./sharing/redis-store.ts";
export type { SharingOptions } from "./sharing/share-store.ts";
export type { SharedStore } from "./breaker/shared-store.ts";
export type { Store } from "./stores/store.ts";
export type { IoredisLike, NodeRedisLike } from "./stores/redis-runner.ts";
export type { FleetReply, FleetRequest } from "./core/fleet-record.ts";
