import { spawnSync } from "node:child_process";
import { findPromtool } from "./find-promtool.ts";

/**
 * Sees to it that the tests of the alert rules have Prometheus' promtool: from Debian's packages where this machine
 * lets us, else by saying how to get one. The tests read its path from PROMTOOL_PATH.
 */
export default function promtool(): void {
  const path = findPromtool() ?? (mayInstall() ? install() : undefined);
  if (path !== undefined) process.env.PROMTOOL_PATH = path;
  else {
    console.warn(
      "No promtool: the tests of the alert rules are skipped. Install it (apt-get install prometheus) or set PROMTOOL_PATH.",
    );
  }
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && succeeds("apt-get", "--version");
}

function install(): string | undefined {
  console.log("Installing Prometheus from Debian's packages for its promtool, once.");
  const apt = ["-qq", "-y", "-o", "Acquire::Retries=2"];
  const installed =
    succeeds("apt-get", ...apt, "update") &&
    succeeds("apt-get", ...apt, "install", "--no-install-recommends", "prometheus");
  return installed ? findPromtool() : undefined;
}

function succeeds(command: string, ...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { env, stdio: "ignore", timeout: 600_000 }).status === 0;
}
