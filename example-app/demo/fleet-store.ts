import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { commandStats } from "../../test/upstash-server/command-stats.ts";
import { howToGetRedis, provideRedis } from "../../test/upstash-server/provide-redis.ts";
import { startRedis } from "../../test/upstash-server/start-redis.ts";
import { startUpstashServer } from "../../test/upstash-server/upstash-server.ts";
import { onStop } from "./stop.ts";

/**
 * A Redis, and before it a server that speaks Upstash's REST interface: the environment that the app finds them by, or
 * nothing where there is no Redis.
 */
export async function startFleetStore(): Promise<Record<string, string> | undefined> {
  if (provideRedis() === undefined) {
    console.log(`\n  No Redis: one region, circuits in memory. ${howToGetRedis}`);
    return undefined;
  }
  const redis = await startRedis();
  const upstash = await startUpstashServer({ redis });
  const meter = createServer(async (_request, response) => {
    const stats = await commandStats(redis).catch(() => ({}) as Record<string, number>);
    const commands = Object.values(stats).reduce((sum, count) => sum + count, 0);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ requests: upstash.requests().length, commands }));
  });
  await new Promise<void>((resolve) => meter.listen(0, "127.0.0.1", resolve));
  onStop(async () => {
    meter.close();
    meter.closeAllConnections();
    await upstash.stop();
    await redis.stop();
  });
  return {
    UPSTASH_REDIS_REST_URL: upstash.url,
    UPSTASH_REDIS_REST_TOKEN: upstash.token,
    STORE_METER_URL: `http://127.0.0.1:${(meter.address() as AddressInfo).port}`,
  };
}
