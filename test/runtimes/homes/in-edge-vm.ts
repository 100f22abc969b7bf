import { EdgeVM } from "@edge-runtime/vm";
import type { Upstream } from "../suite/check.ts";
import type { Result } from "../suite/perform.ts";
import type { Project } from "./project.ts";

/** Vercel's edge runtime: web APIs only, in a realm of its own. */
export async function inEdgeVm(project: Project, upstream: Upstream): Promise<Result[]> {
  const main = `
    import { suite } from "./suite.mjs";
    export const run = (upstream) =>
      suite(upstream, { redis: { missing: "no TCP in the edge runtime" } }).then(JSON.stringify);
  `;
  const vm = new EdgeVM();
  vm.evaluate(await project.bundle(main, { format: "iife", globalName: "home", conditions: ["edge-light"] }));
  return JSON.parse(await vm.evaluate<Promise<string>>(`home.run(${JSON.stringify(upstream)})`)) as Result[];
}
