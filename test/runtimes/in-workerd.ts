import type { Readable } from "node:stream";
import { Miniflare } from "miniflare";
import { bundle } from "./bundle.ts";
import type { Upstream } from "./suite/check.ts";
import type { Result } from "./suite/perform.ts";

const entry = `
  import * as main from "next-protego";
  import { staleIfError, watchBody } from "next-protego/options";
  import { perform } from "./suite/perform.ts";
  export default {
    fetch: async (request) => Response.json(await perform({ ...main, staleIfError, watchBody }, await request.json())),
  };
`;

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

/** The checks in workerd, all in one request. */
export async function inWorkerd(upstream: Upstream): Promise<Result[]> {
  const miniflare = await worker(entry);
  try {
    const body = JSON.stringify(upstream);
    const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body });
    return (await response.json()) as Result[];
  } finally {
    await miniflare.dispose();
  }
}
