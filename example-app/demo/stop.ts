import { killChildren, stopChildren } from "./children.ts";

/** Next waits for open browsers; the demo has nothing to lose. */
const graceMs = 1000;
const tasks: Array<() => Promise<void>> = [];
let stopping = false;

export function isStopping(): boolean {
  return stopping;
}

/** What is to be done when the demo stops. */
export function onStop(task: () => Promise<void>): void {
  tasks.push(task);
}

/** Ends the demo and everything it has started. Once: npm passes on a Ctrl-C that the terminal has sent as well. */
export async function stop(exitCode: number, word: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  console.log(`\n  ${word}`);
  // The upstream goes first: a call that hangs in it would hold the app's server back.
  await Promise.all(tasks.map((task) => task()));
  await stopChildren(graceMs);
  process.exit(exitCode);
}

process.once("exit", killChildren);
