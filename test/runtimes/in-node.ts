import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle, root } from "./bundle.ts";
import type { Upstream } from "./suite/check.ts";
import type { Result } from "./suite/perform.ts";

const entry = `
  import * as main from "next-protego";
  import { staleIfError, watchBody } from "next-protego/options";
  import { perform } from "./suite/perform.ts";
  const results = await perform({ ...main, staleIfError, watchBody }, JSON.parse(process.argv[2]));
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
`;

/** The checks in this Node, which loads the package by itself, file by file, through its exports. */
export async function inNode(node: string, upstream: Upstream): Promise<Result[]> {
  const folder = join(root, "test/.work/runtimes");
  await mkdir(folder, { recursive: true });
  const script = join(folder, `suite-${process.pid}.mjs`);
  await writeFile(
    script,
    await bundle(entry, {
      format: "esm",
      platform: "node",
      external: ["next-protego", "next-protego/options"],
    }),
  );
  const { stdout } = await promisify(execFile)(node, ["--expose-gc", script, JSON.stringify(upstream)], {
    env: { NODE_ENV: "test", NODE_NO_WARNINGS: "1" },
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as Result[];
}
