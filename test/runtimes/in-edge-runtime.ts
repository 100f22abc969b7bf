import { EdgeVM } from "@edge-runtime/vm";
import { bundle } from "./bundle.ts";
import type { Upstream } from "./suite/check.ts";
import type { Result } from "./suite/perform.ts";

const entry = `
  import * as main from "next-protego";
  import { staleIfError, watchBody } from "next-protego/options";
  import { perform } from "./suite/perform.ts";
  export const run = (upstream) => perform({ ...main, staleIfError, watchBody }, upstream).then(JSON.stringify);
`;

/** The checks in Vercel's edge runtime: web APIs only, in a realm of its own. */
export async function inEdgeRuntime(upstream: Upstream): Promise<Result[]> {
  const vm = new EdgeVM();
  vm.evaluate(await bundle(entry, { format: "iife", globalName: "suite", platform: "neutral" }));
  const results = await vm.evaluate<Promise<string>>(`suite.run(${JSON.stringify(upstream)})`);
  return JSON.parse(results) as Result[];
}
