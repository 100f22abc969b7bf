import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const hasGroups = process.platform !== "win32";
const running = new Set<ChildProcess>();

/** A child that leads a process group, so that stopping it stops what it has started as well. */
export function startChild(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): ChildProcess {
  const child = spawn(command, args, {
    cwd,
    env,
    detached: hasGroups,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && command === "npm",
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Asks every child to end, and ends those that have not after the grace time. */
export async function stopChildren(graceMs: number): Promise<void> {
  await Promise.all([...running].map((child) => stopChild(child, graceMs)));
}

/** The last resort, when there is no time to wait. */
export function killChildren(): void {
  for (const child of running) signal(child, "SIGKILL");
}

async function stopChild(child: ChildProcess, graceMs: number): Promise<void> {
  const ended = once(child, "exit");
  const timer = setTimeout(() => signal(child, "SIGKILL"), graceMs);
  signal(child, "SIGTERM");
  await ended;
  clearTimeout(timer);
  // Its own children may have outlived it.
  signal(child, "SIGKILL");
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (hasGroups) process.kill(-child.pid!, name);
    else child.kill(name);
  } catch {
    // Gone already.
  }
}
