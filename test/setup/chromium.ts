import { spawnSync } from "node:child_process";
import { findChromium } from "./find-chromium.ts";

/**
 * Sees to it that the browser tests have their browser: from Debian's packages where this machine lets us,
 * else by saying how to get one. The tests read its path from CHROMIUM_PATH.
 */
export default function chromium(): void {
  const path = findChromium() ?? (mayInstall() ? install() : undefined);
  if (path !== undefined) process.env.CHROMIUM_PATH = path;
  else
    console.warn(
      "No Chromium: the browser tests are skipped. Install it (apt-get install chromium) or set CHROMIUM_PATH.",
    );
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && succeeds("apt-get", "--version");
}

function install(): string | undefined {
  console.log("Installing Chromium from Debian's packages for the browser tests, once.");
  const apt = ["-qq", "-y", "-o", "Acquire::Retries=2"];
  const installed =
    succeeds("apt-get", ...apt, "update") &&
    succeeds("apt-get", ...apt, "install", "--no-install-recommends", "chromium");
  return installed ? findChromium() : undefined;
}

function succeeds(command: string, ...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { env, stdio: "ignore", timeout: 600_000 }).status === 0;
}
