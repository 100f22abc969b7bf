import { readdirSync, readFileSync } from "node:fs";

/** The processes that this one has started, and those that they have, down to the last. Linux only. */
export function descendantsOf(pid: number): number[] {
  const children = processes().filter((found) => found.parent === pid);
  return children.flatMap((child) => [child.pid, ...descendantsOf(child.pid)]);
}

export function isRunning(pid: number): boolean {
  return processes().some((found) => found.pid === pid && found.state !== "Z");
}

function processes(): Array<{ pid: number; parent: number; state: string }> {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The name in brackets may hold anything; what comes after it has a fixed order.
        const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [{ pid: Number(name), parent: Number(parent), state }];
      } catch {
        return []; // ended meanwhile
      }
    });
}
