import { spawn } from "node:child_process";

export interface Finished {
  exitCode: number | null;
  output: string;
}

/** Runs a command to its end; whatever it prints comes back in one string. */
export function run(
  command: string,
  args: string[],
  cwd: string,
  env: Partial<NodeJS.ProcessEnv> = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...cleanEnvironment(), ...env } as NodeJS.ProcessEnv });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, output }));
  });
}

/** Vitest's own NODE_ENV would make Next build for tests. */
export function cleanEnvironment(): Partial<NodeJS.ProcessEnv> {
  const { NODE_ENV: _, VITEST: __, NODE_OPTIONS: ___, ...env } = process.env;
  return { ...env, NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" } as unknown as Partial<NodeJS.ProcessEnv>;
}
