import { spawnSync } from "node:child_process";
import { findRedis } from "./find-redis.ts";

/** How to get a Redis server, in one line. */
export const howToGetRedis =
  "Install it (apt-get install redis-server, brew install redis, or valkey) or set REDIS_SERVER_PATH.";

/** Path of a Redis server; one from Debian's packages where there is none and this machine lets us. */
export function provideRedis(): string | undefined {
  return findRedis() ?? (mayInstall() ? install() : undefined);
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && succeeds("apt-get", "--version");
}

function install(): string | undefined {
  console.log("Installing redis-server from Debian's packages, once.");
  const apt = ["-qq", "-y", "-o", "Acquire::Retries=2"];
  const installed =
    succeeds("apt-get", ...apt, "update") &&
    succeeds("apt-get", ...apt, "install", "--no-install-recommends", "redis-server");
  return installed ? findRedis() : undefined;
}

function succeeds(command: string, ...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { env, stdio: "ignore", timeout: 600_000 }).status === 0;
}
