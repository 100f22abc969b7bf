import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface RunningDemo {
  readonly url: string;
  /** All that it says it has started, `url` first. */
  readonly urls: readonly string[];
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  readonly output: () => string;
}

/** What `npm run demo` runs, or another script of the example app, on a port that is free, with the library's dist as it is. */
export async function startDemo(file = "demo.ts"): Promise<RunningDemo> {
  const script = fileURLToPath(new URL(`../../example-app/${file}`, import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, DEMO_PORT: "0", DEMO_KEEP_DIST: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const urls = await new Promise<string[]>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        const ready = /^ready (.+)$/m.exec(printed);
        if (ready) resolve(ready[1]!.split(" "));
      });
    }
    child.once("close", () => reject(new Error(`the demo ended before it was ready:\n${printed}`)));
  });
  return { url: urls[0]!, urls, pid: child.pid!, child, output: () => printed };
}

/** @returns the exit code, or the signal that ended it */
export async function endDemo(demo: RunningDemo, signal: NodeJS.Signals): Promise<number | string> {
  const ended = once(demo.child, "exit");
  demo.child.kill(signal);
  const [code, endedBy] = await ended;
  return code ?? endedBy;
}
