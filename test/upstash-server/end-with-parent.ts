import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * A parent that is killed can end nothing itself. So a shell waits at a pipe that only the parent holds: it closes
 * with the parent, however that ends.
 */
export function endWithParent(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const script = 'read -r _; kill -9 "$0" 2>/dev/null';
  const watcher = spawn("/bin/sh", ["-c", script, String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.on("error", () => {});
  watcher.unref();
  (watcher.stdin as Socket).on("error", () => {}).unref();
  child.once("exit", () => watcher.kill("SIGKILL"));
}
