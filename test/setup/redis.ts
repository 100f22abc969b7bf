import { howToGetRedis, provideRedis } from "../upstash-server/provide-redis.ts";

/**
 * Sees to it that the tests of the shared store have their Redis server: from Debian's packages where this machine
 * lets us, else by saying how to get one. The tests read its path from REDIS_SERVER_PATH.
 */
export default function redis(): void {
  const path = provideRedis();
  if (path !== undefined) process.env.REDIS_SERVER_PATH = path;
  else console.warn(`No Redis server: the tests of the shared store are skipped. ${howToGetRedis}`);
}
