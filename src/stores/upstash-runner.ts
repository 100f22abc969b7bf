import { Redis } from "@upstash/redis";
import { outsideRender } from "../runtime/background.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import type { ScriptRunner } from "./script-store.ts";

/** `Redis` of `@upstash/redis`, as far as it is needed. */
export interface UpstashLike {
  pipeline(): UpstashPipeline;
}

interface UpstashPipeline {
  evalsha(sha: string, keys: string[], args: string[]): unknown;
  eval(script: string, keys: string[], args: string[]): unknown;
  exec(): Promise<unknown[]>;
}

/**
 * Runs scripts over Upstash's REST API. Each goes in a pipeline of its own: with auto-pipelining, commands of the
 * app would travel with ours, outside of their render, and fail with ours.
 */
export function upstashRunner(redis: UpstashLike): ScriptRunner {
  const run = (add: (pipeline: UpstashPipeline) => unknown): Promise<unknown> =>
    outsideRender(async () => {
      const pipeline = redis.pipeline();
      add(pipeline);
      return (await pipeline.exec())[0];
    });
  return {
    runBySha: (sha, keys, args) => run((pipeline) => pipeline.evalsha(sha, keys, args)),
    runByText: (script, keys, args) => run((pipeline) => pipeline.eval(script, keys, args)),
  };
}

const variables = [
  ["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"],
  ["KV_REST_API_URL", "KV_REST_API_TOKEN"],
] as const;

declare const process: { env: Record<string, string | undefined> } | undefined;

/**
 * A client from the environment: sent once, given up after the patience, never in a pipeline with other commands.
 *
 * @throws {TypeError} naming the variable that is missing or malformed
 */
export function redisFromEnvironment(patienceMs: number): Redis {
  const env = typeof process === "object" ? process.env : {};
  const [urlName, tokenName] = variables.find((names) => names.some((name) => env[name])) ?? variables[0];
  // An image may be built where the secrets are not: nothing is sent there.
  const placeholder = isBuildPhase() ? "https://build.invalid" : undefined;
  const url = env[urlName] ?? placeholder;
  const token = env[tokenName] ?? placeholder;
  if (!url) throw missing(urlName);
  if (!token) throw missing(tokenName);
  if (!/^https?:\/\/[^\s"']+$/.test(url)) {
    throw new TypeError(
      `next-protego: ${urlName} is no URL: expected "https://….upstash.io", without quotes or spaces`,
    );
  }
  if (/[\s"']/.test(token)) {
    throw new TypeError(`next-protego: ${tokenName} is malformed: expected no quotes or spaces in it`);
  }
  return new Redis({
    url,
    token,
    retry: { retries: 0 },
    enableAutoPipelining: false,
    enableTelemetry: false,
    signal: () => AbortSignal.timeout(patienceMs),
  });
}

function missing(name: string): TypeError {
  return new TypeError(
    `next-protego: upstashStore() needs ${name} in the environment, or a client: upstashStore({ redis })`,
  );
}
