import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { bundle } from "../bundle.ts";
import type { Upstream } from "../suite/check.ts";
import type { Result } from "../suite/perform.ts";
import type { Project } from "./project.ts";

/** Node, Bun and Deno: the package is loaded as it is installed, file by file, through its exports. */
export async function inProcess(
  project: Project,
  upstream: Upstream,
  command: string,
  flags: readonly string[],
): Promise<Result[]> {
  const redis = `export { redisOverTcp } from "./homes/redis-over-tcp.ts"`;
  await project.write("redis-over-tcp.mjs", await bundle(redis, { format: "esm", platform: "node" }));
  const script = await project.write(
    "main.mjs",
    `
      import { suite } from "./suite.mjs";
      import { redisOverTcp } from "./redis-over-tcp.mjs";
      const upstream = ${JSON.stringify(upstream)};
      const results = await suite(upstream, { redis: redisOverTcp(upstream.database.port) });
      const leave = globalThis.Deno ? () => Deno.exit(0) : () => process.exit(0);
      const line = JSON.stringify(results);
      if (globalThis.Deno) leave(console.log(line));
      else process.stdout.write(line, leave);
    `,
  );
  const { stdout } = await promisify(execFile)(command, [...flags, script], {
    cwd: project.folder,
    env: {
      PATH: process.env.PATH,
      HOME: project.folder,
      NODE_ENV: "test",
      NODE_NO_WARNINGS: "1",
      NO_COLOR: "1",
    },
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Result[];
}
