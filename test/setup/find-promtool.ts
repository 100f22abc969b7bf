import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of Prometheus' promtool: PROMTOOL_PATH, or the first one on the PATH. */
export function findPromtool(): string | undefined {
  const { PROMTOOL_PATH, PATH = "" } = process.env;
  const onPath = [...PATH.split(delimiter), "/usr/bin"].map((folder) => join(folder, "promtool"));
  return [PROMTOOL_PATH, ...onPath].find((path) => path !== undefined && path !== "" && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
