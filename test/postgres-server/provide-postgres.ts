import { spawnSync } from "node:child_process";
import { findPostgres } from "./find-postgres.ts";

/** How to get a Postgres server, in one line. */
export const howToGetPostgres =
  "Install it (apt-get install postgresql, brew install postgresql) or set POSTGRES_BIN_PATH to the folder of initdb and postgres.";

/** The folder of a Postgres server's programs; of Debian's packages where there is none and this machine lets us. */
export function providePostgres(): string | undefined {
  return findPostgres() ?? (mayInstall() ? install() : undefined);
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && succeeds("apt-get", "--version");
}

function install(): string | undefined {
  console.log("Installing postgresql from Debian's packages, once.");
  const apt = ["-qq", "-y", "-o", "Acquire::Retries=2"];
  const installed =
    succeeds("apt-get", ...apt, "update") &&
    succeeds("apt-get", ...apt, "install", "--no-install-recommends", "postgresql");
  return installed ? findPostgres() : undefined;
}

function succeeds(command: string, ...args: string[]): boolean {
  // In this run level Debian starts no server of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  return spawnSync(command, args, { env, stdio: "ignore", timeout: 600_000 }).status === 0;
}
