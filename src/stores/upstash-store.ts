import type { SharedStore } from "../breaker/shared-store.ts";
import { anObject, invalid, optionalFunction } from "../core/option.ts";
import { outsideRender } from "../runtime/background.ts";
import { storeTimeoutMs } from "../sharing/guarded-store.ts";
import { shareStore, type SharingOptions, sharingOptions } from "../sharing/share-store.ts";
import { upstashScript } from "./fleet-script.ts";
import type { StoreHint } from "./hint.ts";
import { checkedPrefix } from "./key-prefix.ts";
import type { RedisCommand } from "./redis-listing.ts";
import { type ScriptRunner, scriptStore } from "./script-store.ts";
import { upstashAccess } from "./upstash-access.ts";
import { upstashHttp } from "./upstash-http.ts";

export interface UpstashStoreOptions extends SharingOptions {
  /**
   * A client of your own. Without it none is needed: `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN` (or
   * `KV_…`) are read, redirects are refused, and replies are bounded in size.
   */
  redis?: UpstashLike | undefined;
  /**
   * First part of the keys: one for each app that shares the database, or each region that shall decide alone.
   *
   * @default "protego"
   */
  prefix?: string | undefined;
  /**
   * Word of a place nearer than the database, for isolates that live for few calls: `hintFrom(cacheApi())` of
   * `next-protego/store`.
   */
  hint?: StoreHint | undefined;
}

/** `Redis` of `@upstash/redis`, as far as it is needed. */
export interface UpstashLike {
  pipeline(): UpstashPipeline;
}

interface UpstashPipeline {
  evalsha(sha: string, keys: string[], args: string[]): unknown;
  eval(script: string, keys: string[], args: string[]): unknown;
  scan?(cursor: string, options: { match: string; count: number }): unknown;
  mget?(...keys: string[]): unknown;
  pttl?(key: string): unknown;
  set?(key: string, value: string, options?: { px: number }): unknown;
  exec(): Promise<unknown[]>;
}

/** SHA-1 of the script, worked out beforehand: hashing is asynchronous on the edge. A test compares. */
export const upstashSha = "a13f44e1c9741ffd88020299d76a6cab3761a7b5";

const known = ["redis", "prefix", "hint", ...sharingOptions];

/**
 * Shares circuits between isolates and regions through Upstash Redis. Healthy traffic sends nothing; a request waits
 * for Redis only where it could be a trial, and never beyond `maxWait`.
 *
 * @throws {TypeError | RangeError} naming the option, or the variable of the environment, that is wrong
 * @example
 * const api = createProtectedFetch({ name: "payments", store: upstashStore() });
 */
export function upstashStore(options: UpstashStoreOptions = {}): SharedStore {
  const { redis, prefix, hint: givenHint, ...sharing } = anObject("options", options, known);
  const hint = optionalFunction("hint", givenHint);
  if (redis !== undefined && typeof redis?.pipeline !== "function") {
    throw invalid("redis", redis, "a Redis of @upstash/redis");
  }
  const runner = redis ? clientRunner(redis) : upstashHttp(upstashAccess(), storeTimeoutMs);
  const script = { text: upstashScript, sha: upstashSha };
  const store = scriptStore(runner, script, checkedPrefix(prefix));
  return shareStore(hint ? hint(store, sharing.waitUntil) : store, sharing);
}

/**
 * Runs scripts over somebody's client. Each goes in a pipeline of its own: with auto-pipelining, commands of the app
 * would travel with ours, outside of their render, and fail with ours.
 */
export function clientRunner(redis: UpstashLike): ScriptRunner {
  const run = (add: (pipeline: UpstashPipeline) => unknown): Promise<unknown> =>
    outsideRender(async () => {
      const pipeline = redis.pipeline();
      add(pipeline);
      return (await pipeline.exec())[0];
    });
  return {
    runBySha: (sha, keys, args) => run((pipeline) => pipeline.evalsha(sha, keys, args)),
    runByText: (script, keys, args) => run((pipeline) => pipeline.eval(script, keys, args)),
    plain: {
      send: (commands) =>
        outsideRender(async () => {
          const pipeline = redis.pipeline();
          for (const command of commands) add(pipeline, command);
          return (await pipeline.exec()).map(asItWasKept);
        }),
    },
  };
}

/** A client has a method for each command, and none for all. */
function add(pipeline: UpstashPipeline, [name, ...args]: RedisCommand): void {
  const [first, second] = args as [string, string];
  if (name === "SCAN") pipeline.scan?.(first, { match: args[2]!, count: Number(args[4]) });
  else if (name === "MGET") pipeline.mget?.(...args);
  else if (name === "PTTL") pipeline.pttl?.(first);
  else if (name === "SET") pipeline.set?.(first, second, ...(args[3] ? [{ px: Number(args[3]) }] : []));
}

/** The client makes objects of what looks like JSON. */
function asItWasKept(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((each) =>
    Object(each) === each && !Array.isArray(each) ? JSON.stringify(each) : (each as unknown),
  );
}
