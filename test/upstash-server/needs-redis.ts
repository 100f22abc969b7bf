import { beforeEach } from "vitest";
import { findRedis } from "./find-redis.ts";
import { howToGetRedis } from "./provide-redis.ts";

/** Skips the tests of a file, with the reason, where there is no Redis server. Says whether there is one. */
export function needsRedis(): boolean {
  const isThere = findRedis() !== undefined;
  beforeEach((context) => {
    if (!isThere) context.skip(`no Redis server. ${howToGetRedis}`);
  });
  return isThere;
}
