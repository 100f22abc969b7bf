import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, root } from "../runtimes/bundle.ts";
import { findNode20 } from "../runtimes/node-20.ts";

/**
 * What a timeout costs over the real fetch, in this Node and in the oldest that is supported. A dispatcher in the
 * process answers at once, so that no network drowns a microsecond. `node test/bench/timeouts.ts`, after a build.
 */
export async function timeouts(): Promise<void> {
  const folder = join(root, "test/.work/bench");
  await mkdir(folder, { recursive: true });
  const script = join(folder, `timeouts-${process.pid}.mjs`);
  const entry = `import { compareTimeouts } from "../bench/timeouts/inside.ts"; await compareTimeouts();`;
  await writeFile(script, await bundle(entry, { format: "esm", platform: "node", packages: "external" }));
  const oldest = await findNode20();
  if (!oldest.path) console.log(oldest.reason);
  for (const node of [process.execPath, ...(oldest.path ? [oldest.path] : [])]) {
    const env = { ...process.env, NODE_ENV: "production" as const };
    spawnSync(node, ["--expose-gc", script], { stdio: "inherit", env });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await timeouts();
