import { type ChildProcess, spawn } from "node:child_process";
import { nextBinary, repository } from "./repository.ts";
import { cleanEnvironment } from "./run.ts";

export interface NextServer {
  url: string;
  log(): string;
  stop(): Promise<void>;
  /** SIGKILL: whatever it holds it never hands back. */
  kill(): Promise<void>;
}

export interface NextOptions {
  /** What serves, with its flags. By default `next start`. */
  readonly command?: readonly string[];
  /** The Node that runs it. By default the one that runs this. */
  readonly node?: string;
}

/** `next start`, or another command that serves, on a port of the system's choice. */
export async function startNext(
  folder: string,
  env: Partial<NodeJS.ProcessEnv>,
  binary: string = nextBinary,
  { command = ["start"], node = process.execPath }: NextOptions = {},
): Promise<NextServer> {
  const child = spawn(node, [binary, ...command, "-p", "0", "-H", "127.0.0.1"], {
    cwd: folder,
    env: { ...cleanEnvironment(), ...env, FIXTURE_ROOT: repository } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      log += chunk.toString();
      const [, address] = /Local:\s+(http:\/\/\S+)/.exec(log) ?? [];
      if (address && log.includes("Ready in")) resolve(address);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", (code) => reject(new Error(`next ${command.join(" ")} ended with ${code}: ${log}`)));
  });
  return { url, log: () => log, stop: () => stop(child), kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await ended;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(impatience);
}
