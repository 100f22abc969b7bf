import { invalid } from "../core/option.ts";
import type { ScriptRunner } from "./script-store.ts";

/** `ioredis`, as far as it is needed. */
export interface IoredisLike {
  evalsha(sha: string, keyCount: number, ...args: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...args: string[]): Promise<unknown>;
}

/** `node-redis`, as far as it is needed. */
export interface NodeRedisLike {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** Runs scripts over a client of TCP, whichever of the two it is. */
export function redisRunner(client: IoredisLike | NodeRedisLike): ScriptRunner {
  if (Object(client) !== client) throw invalid("client", client, "a client of ioredis or node-redis");
  if ("evalSha" in client) {
    return {
      runBySha: (sha, keys, args) => client.evalSha(sha, { keys, arguments: args }),
      runByText: (script, keys, args) => client.eval(script, { keys, arguments: args }),
    };
  }
  if (typeof client.evalsha !== "function") {
    throw invalid("client", client, "a client of ioredis or node-redis");
  }
  return {
    runBySha: (sha, keys, args) => client.evalsha(sha, keys.length, ...keys, ...args),
    runByText: (script, keys, args) => client.eval(script, keys.length, ...keys, ...args),
  };
}
