import type { SharedStore } from "../breaker/shared-store.ts";
import { invalid } from "../core/option.ts";
import { upstashScript } from "../stores/fleet-script.ts";
import { scriptStore } from "../stores/script-store.ts";
import { redisFromEnvironment, type UpstashLike, upstashRunner } from "../stores/upstash-runner.ts";
import { shareStore, type SharingOptions } from "./share-store.ts";
import { patienceMs } from "./patience.ts";
import { checkedPrefix } from "./prefix.ts";

export interface UpstashStoreOptions extends SharingOptions {
  /** Your own client. Without it `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN` (or `KV_…`) are read. */
  redis?: UpstashLike | undefined;
  /**
   * First part of the keys: one for each app that shares the database, or each region that shall decide alone.
   *
   * @default "protego"
   */
  prefix?: string | undefined;
}

/** SHA-1 of the script, worked out beforehand: hashing is asynchronous on the edge. A test compares. */
export const upstashSha = "f56350265a98c528ac8e66e0aef1b08a4b1f0f8c";

/**
 * Shares circuits between isolates and regions through Upstash Redis. Healthy traffic sends nothing; a request waits
 * for Redis only where it could be a trial, and never beyond `maxWait`.
 *
 * @throws {TypeError | RangeError} naming the option, or the variable of the environment, that is wrong
 * @example
 * const api = createProtectedFetch({ name: "payments", store: upstashStore() });
 */
export function upstashStore(options: UpstashStoreOptions = {}): SharedStore {
  const { redis, prefix } = options;
  if (redis !== undefined && typeof redis?.pipeline !== "function") {
    throw invalid("redis", redis, "a Redis of @upstash/redis");
  }
  const runner = upstashRunner(redis ?? redisFromEnvironment(patienceMs));
  return shareStore(
    scriptStore(runner, { text: upstashScript, sha: upstashSha }, checkedPrefix(prefix)),
    options,
  );
}
