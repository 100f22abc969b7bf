import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["redis-server", "valkey-server"];

/** Path of a Redis server: REDIS_SERVER_PATH, or the first one on the PATH. */
export function findRedis(): string | undefined {
  const { REDIS_SERVER_PATH, PATH = "" } = process.env;
  const folders = [...PATH.split(delimiter), "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];
  const known = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [REDIS_SERVER_PATH, ...known].find(
    (path) => path !== undefined && path !== "" && isExecutable(path),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
