export { shareStore } from "./sharing/share-store.ts";
export { memoryStore } from "./stores/memory-store.ts";
export { redisPush } from "./stores/redis-push.ts";
export { redisStore } from "./stores/redis-store.ts";

export type { FleetReply, FleetRequest } from "./core/fleet-record.ts";
export type { Store } from "./core/store.ts";
export type { SharedStore } from "./breaker/shared-store.ts";
export type { SharingOptions } from "./sharing/share-store.ts";
export type { IoredisSubscriber, NodeRedisSubscriber, RedisPush } from "./stores/redis-push.ts";
export type { IoredisLike, NodeRedisLike, RedisStoreOptions } from "./stores/redis-store.ts";
export type { HintCarrier, StoreHint } from "./stores/hint.ts";
