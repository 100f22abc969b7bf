import { Miniflare } from "miniflare";
import { bundle } from "../bundle.ts";
import { workersConditions } from "../in-workerd.ts";
import type { Upstream } from "../suite/check.ts";
import type { Result } from "../suite/perform.ts";
import type { Project } from "./project.ts";

/** workerd, bundled as wrangler does; all checks in one request. */
export async function inWorkerd(
  project: Project,
  upstream: Upstream,
  compatibilityFlags: string[],
): Promise<Result[]> {
  const hasNodesModules = compatibilityFlags.includes("nodejs_compat");
  const redis = `export { redisOverTcp } from "./homes/redis-over-tcp.ts"`;
  if (hasNodesModules) {
    await project.write("redis-in-workerd.mjs", await bundle(redis, { format: "esm", external: ["node:*"] }));
  }
  const main = `
    import { suite } from "./suite.mjs";
    ${hasNodesModules ? `import { redisOverTcp } from "./redis-in-workerd.mjs";` : ""}
    export default {
      async fetch(request) {
        const upstream = await request.json();
        const redis = ${hasNodesModules ? "redisOverTcp(upstream.database.port)" : `{ missing: "no node:net without nodejs_compat" }`};
        return Response.json(await suite(upstream, { redis }));
      },
    };
  `;
  const contents = await project.bundle(main, {
    format: "esm",
    conditions: workersConditions,
    external: ["cloudflare:*", "node:*"],
  });
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents }],
    compatibilityDate: "2026-01-01",
    compatibilityFlags,
  });
  try {
    const body = JSON.stringify(upstream);
    const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body });
    return (await response.json()) as Result[];
  } finally {
    await miniflare.dispose();
  }
}
