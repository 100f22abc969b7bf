import type { SharedStore } from "../breaker/shared-store.ts";
import { plainScript } from "../stores/fleet-script.ts";
import { type IoredisLike, type NodeRedisLike, redisRunner } from "../stores/redis-runner.ts";
import { scriptStore } from "../stores/script-store.ts";
import { checkedPrefix } from "./prefix.ts";
import { shareStore, type SharingOptions } from "./share-store.ts";

export interface RedisStoreOptions extends SharingOptions {
  /**
   * First part of the keys: one for each app that shares the database.
   *
   * @default "protego"
   */
  prefix?: string | undefined;
}

/** SHA-1 of the script, worked out beforehand. A test compares. */
export const plainSha = "bc98e9cc7f6703697887aad135f37c72af5d7b72";

/**
 * Shares circuits between processes through a Redis of your own, over a client of `ioredis` or `node-redis`.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong
 * @example
 * const store = redisStore(new Redis(process.env.REDIS_URL), { heartbeat: "5s" });
 */
export function redisStore(
  client: IoredisLike | NodeRedisLike,
  options: RedisStoreOptions = {},
): SharedStore {
  const prefix = checkedPrefix(options.prefix);
  return shareStore(scriptStore(redisRunner(client), { text: plainScript, sha: plainSha }, prefix), options);
}
