import { readFile, cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Miniflare } from "miniflare";
import { type Installed, installed, installPackage } from "../next-app/harness/installed.ts";
import { run } from "../next-app/harness/run.ts";

const wanted = [
  "next@16.4.5",
  "react@19.3.1",
  "react-dom@19.3.1",
  "@opennextjs/cloudflare@1.20.13",
  "wrangler@4.164.0",
];

export const installOpenNext = (): Promise<Installed> => installed("opennext", wanted);

/**
 * The fixture app, built by OpenNext and bundled by Wrangler as a deployment would be: the script of a Worker.
 *
 * @param add puts more into the app, before it is built
 */
export async function buildWorker(folder: string, add?: () => Promise<void>): Promise<string> {
  for (const part of ["app", "lib", "pages", ".next", ".open-next", "bundled"]) {
    await rm(join(folder, part), { recursive: true, force: true });
  }
  await cp(new URL("fixture", import.meta.url), folder, { recursive: true });
  await add?.();
  await installPackage(folder);
  await writeFile(
    join(folder, "open-next.config.ts"),
    `import { defineCloudflareConfig } from "@opennextjs/cloudflare";\nexport default defineCloudflareConfig({});\n`,
  );
  await must(folder, "@opennextjs/cloudflare/dist/cli/index.js", ["build"]);
  await must(folder, "wrangler/bin/wrangler.js", ["deploy", "--dry-run", "--outdir", "bundled"]);
  return readFile(join(folder, "bundled/worker.js"), "utf8");
}

async function must(folder: string, binary: string, args: string[]): Promise<void> {
  // Neither asks anybody anything, nor looks for a newer version of itself.
  const env = { CI: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  const command = [join(folder, "node_modules", binary), ...args];
  const { exitCode, output } = await run(process.execPath, command, folder, env);
  if (exitCode !== 0) throw new Error(`${binary} ${args.join(" ")} failed:\n${output}`);
}

/** That Worker in a real workerd, with the flags that OpenNext asks for. */
export async function startWorker(contents: string, log: (line: string) => void): Promise<Miniflare> {
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents }],
    compatibilityDate: "2026-01-01",
    compatibilityFlags: ["nodejs_compat", "global_fetch_strictly_public"],
    serviceBindings: { ASSETS: () => new Response(null, { status: 404 }) as never },
    handleRuntimeStdio(stdout: Readable, stderr: Readable) {
      stdout.on("data", (chunk: Buffer) => log(chunk.toString()));
      stderr.on("data", (chunk: Buffer) => log(chunk.toString()));
    },
  });
  await miniflare.ready;
  return miniflare;
}
