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

/** A worker made of this script, in a real workerd. */
export async function worker(
  script: string,
  compatibilityFlags: string[] = [],
  bindings: object = {},
): Promise<Miniflare> {
  const external = ["cloudflare:*"];
  const contents = await bundle(script, { format: "esm", platform: "neutral", external });
  const miniflare = new Miniflare({
    ...bindings,
    modules: [{ type: "ESModule", path: "worker.mjs", contents }],
    compatibilityDate: "2026-01-01",
    compatibilityFlags,
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
