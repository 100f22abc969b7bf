import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const debian = "/usr/lib/postgresql";

/** The folder of a Postgres server's programs: POSTGRES_BIN_PATH, or the first one that is found. */
export function findPostgres(): string | undefined {
  const { POSTGRES_BIN_PATH, PATH = "" } = process.env;
  const folders = [...PATH.split(delimiter), ...debianFolders(), "/opt/homebrew/bin", "/usr/local/bin"];
  return [POSTGRES_BIN_PATH, ...folders].find(
    (folder) =>
      folder !== undefined && folder !== "" && ["initdb", "postgres"].every((name) => runs(folder, name)),
  );
}

/** Newest first. */
function debianFolders(): string[] {
  try {
    const versions = readdirSync(debian).map(Number).filter(Boolean);
    return versions.sort((one, other) => other - one).map((version) => join(debian, String(version), "bin"));
  } catch {
    return [];
  }
}

function runs(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
