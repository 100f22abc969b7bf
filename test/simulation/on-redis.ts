import { type FleetRequest, recordLifeMs } from "../../src/core/fleet-record.ts";
import { plainScript } from "../../src/stores/fleet-script.ts";
import { argumentsOf } from "../../src/stores/redis-command.ts";
import { plainSha } from "../../src/stores/redis-store.ts";
import type { RunningRedis } from "../upstash-server/start-redis.ts";

/** A request as it reached the store of a simulation. */
export interface SimulatedStep {
  readonly request: FleetRequest;
  /** Since the record was last written, or `undefined` where there was none. */
  readonly elapsedMs: number | undefined;
  readonly isCounted: boolean;
}

const key = "simulated:{upstream}";

/** The same steps in a real Redis, each at the record's age. @returns the commands that it has carried out for them */
export async function commandsOnRedis(redis: RunningRedis, steps: readonly SimulatedStep[]): Promise<number> {
  await redis.send("FLUSHALL");
  await redis.send("SCRIPT", "LOAD", plainScript);
  let begun = 0;
  let isCounting = false;
  for (const { request, elapsedMs, isCounted } of steps) {
    // oxlint-disable no-await-in-loop
    if (isCounted && !isCounting) begun = await commands(redis);
    isCounting ||= isCounted;
    if (elapsedMs) await redis.send("PEXPIRE", key, Math.max(1, recordLifeMs - elapsedMs));
    await redis.send("EVALSHA", plainSha, 1, key, ...argumentsOf(request));
    // oxlint-enable no-await-in-loop
  }
  return isCounting ? (await commands(redis)) - begun : 0;
}

/** Scripts, and what they have called: all that is billed. */
async function commands(redis: RunningRedis): Promise<number> {
  const stats = ((await redis.send("INFO", "commandstats")) as Buffer).toString();
  const counts = [...stats.matchAll(/cmdstat_(?:evalsha|get|set|pttl):calls=(\d+)/g)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
