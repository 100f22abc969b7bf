import type { Readable } from "node:stream";
import { Miniflare } from "miniflare";
import { bundle } from "./bundle.ts";

/** What bundlers for Workers set, wrangler and Vite's plugin alike. */
export const workersConditions = ["workerd", "worker", "browser"];

export interface WorkerOptions {
  readonly flags?: string[];
  /** By default none, as bundlers do that know nothing of Workers. */
  readonly conditions?: string[];
  readonly bindings?: Record<string, string>;
  readonly durableObjects?: Record<string, { className: string; useSQLite?: boolean }>;
  /** What workerd prints. */
  readonly log?: (line: string) => void;
}

/** A worker made of this script, in a real workerd. */
export async function worker(script: string, options: WorkerOptions = {}): Promise<Miniflare> {
  const { flags = [], conditions = [], bindings = {}, durableObjects = {}, log } = options;
  const external = ["cloudflare:*", "node:*"];
  const contents = await bundle(script, { format: "esm", platform: "neutral", conditions, external });
  const miniflare = new Miniflare({
    durableObjects,
    modules: [{ type: "ESModule", path: "worker.mjs", contents }],
    compatibilityDate: "2026-01-01",
    compatibilityFlags: flags,
    bindings,
    ...(log && {
      handleRuntimeStdio(stdout: Readable, stderr: Readable) {
        stdout.on("data", (chunk: Buffer) => log(chunk.toString()));
        stderr.on("data", (chunk: Buffer) => log(chunk.toString()));
      },
    }),
  });
  await miniflare.ready;
  return miniflare;
}
