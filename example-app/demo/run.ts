import { once } from "node:events";
import { join } from "node:path";
import { startChild } from "./children.ts";

/** Runs npm to its end. */
export function runNpm(args: string[], cwd: string): Promise<void> {
  return run("npm", args, cwd, process.env);
}

/** Runs a command of Next to its end. */
export function runNext(args: string[], cwd: string, env: Record<string, string>): Promise<void> {
  return run(process.execPath, [nextScript(cwd), ...args], cwd, nextEnvironment(env));
}

export function nextScript(cwd: string): string {
  return join(cwd, "node_modules/next/dist/bin/next");
}

export function nextEnvironment(env: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
}

/** What a child says stays hidden, unless it fails. */
async function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = startChild(command, args, cwd, env);
  let said = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}\n\n${said}`);
}
