import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildWorker, startWorker } from "../../opennext/opennext-worker.ts";
import { bundle } from "../bundle.ts";
import type { Upstream } from "../suite/check.ts";
import type { Result } from "../suite/perform.ts";
import type { Project } from "./project.ts";

/** A route of an app, built by Next and made a Worker by OpenNext; all checks in one request. */
export async function inOpenNext(project: Project, upstream: Upstream, folder: string): Promise<Result[]> {
  const redis = `export { redisOverTcp } from "./homes/redis-over-tcp.ts"`;
  const files = {
    "lib/suite.mjs": await readFile(join(project.folder, "suite.mjs"), "utf8"),
    "lib/redis-over-tcp.mjs": await bundle(redis, { format: "esm", platform: "node" }),
    "app/api/suite/route.js": `
      import { redisOverTcp } from "../../../lib/redis-over-tcp.mjs";
      import { suite } from "../../../lib/suite.mjs";
      export async function POST(request) {
        const upstream = await request.json();
        return Response.json(await suite(upstream, { redis: redisOverTcp(upstream.database.port) }));
      }
    `,
  };
  const contents = await buildWorker(folder, async () => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
  });
  const miniflare = await startWorker(contents, () => {});
  try {
    const body = JSON.stringify(upstream);
    const response = await miniflare.dispatchFetch("http://worker/api/suite", { method: "POST", body });
    return (await response.json()) as Result[];
  } finally {
    await miniflare.dispose();
  }
}
