import type { RunningRedis } from "./start-redis.ts";

/** Commands of this server's own making, which nobody pays for. */
const ownCommands = /^(acl|auth|command|config|info|ping|replconf|psync|replicaof)\b/;

/** What Redis has executed since it started or since `resetCommandStats`: those inside scripts as well. */
export async function commandStats(redis: RunningRedis): Promise<Record<string, number>> {
  const info = (await redis.send("INFO", "commandstats")) as Buffer;
  const lines = info.toString().matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
  const counts = [...lines].map(([, name, calls]) => [name!, Number(calls)] as const);
  return Object.fromEntries(counts.filter(([name]) => !ownCommands.test(name)));
}

export async function resetCommandStats(redis: RunningRedis): Promise<void> {
  await redis.send("CONFIG", "RESETSTAT");
}
