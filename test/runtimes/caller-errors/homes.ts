import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { EdgeVM } from "@edge-runtime/vm";
import { chromium } from "playwright-core";
import { findChromium } from "../../setup/find-chromium.ts";
import { bundle, root } from "../bundle.ts";
import { worker } from "../in-workerd.ts";
import { findNode20 } from "../node-20.ts";
import { findBun, findDeno } from "./binaries.ts";
import type { Runtime, Upstream } from "./calls.ts";
import type { Outcome } from "./perform.ts";

export interface Home {
  readonly runtime: Runtime;
  readonly perform: (upstream: Upstream) => Promise<Outcome[]>;
  /** Why it cannot be tested here. */
  readonly missing: string | undefined;
}

const imports = `
  import * as protego from "next-protego";
  import { perform } from "./caller-errors/perform.ts";
`;

const [node20, bun, deno] = await Promise.all([findNode20(), findBun(), findDeno()]);
const browser = findChromium();

/** Each has the built package and the table in one script. */
export const homes: readonly Home[] = [
  inProcessOf("node 20", node20),
  inProcessOf("node 24", { path: process.execPath }),
  { runtime: "edge", perform: inEdgeRuntime, missing: undefined },
  { runtime: "workerd", perform: inWorkerd, missing: undefined },
  inProcessOf("bun", bun),
  inProcessOf("deno", deno, ["run", "--allow-all", "--no-remote"]),
  {
    runtime: "chromium",
    perform: inChromium,
    missing: browser ? undefined : "no Chromium: set CHROMIUM_PATH",
  },
];

function inProcessOf(
  runtime: Runtime,
  { path, reason }: { readonly path?: string | undefined; readonly reason?: string | undefined },
  flags: string[] = [],
): Home {
  return { runtime, perform: (upstream) => inProcess(runtime, path!, flags, upstream), missing: reason };
}

async function inProcess(
  runtime: Runtime,
  command: string,
  flags: string[],
  upstream: Upstream,
): Promise<Outcome[]> {
  const folder = join(root, "test/.work/runtimes");
  await mkdir(folder, { recursive: true });
  const script = join(folder, `caller-errors-${runtime.replace(" ", "-")}-${process.pid}.mjs`);
  const contents = `${imports}
    console.log(JSON.stringify(await perform(protego, ${JSON.stringify(upstream)})));
    globalThis.process?.exit(0);
    globalThis.Deno?.exit(0);
  `;
  await writeFile(script, await bundle(contents, { format: "esm", platform: "neutral" }));
  const { stdout } = await promisify(execFile)(command, [...flags, script], {
    env: { PATH: process.env.PATH, HOME: folder, NODE_ENV: "test", NODE_NO_WARNINGS: "1", NO_COLOR: "1" },
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Outcome[];
}

async function inEdgeRuntime(upstream: Upstream): Promise<Outcome[]> {
  const contents = `${imports} export const run = (upstream) => perform(protego, upstream).then(JSON.stringify);`;
  const vm = new EdgeVM();
  vm.evaluate(await bundle(contents, { format: "iife", globalName: "suite", platform: "neutral" }));
  return JSON.parse(
    await vm.evaluate<Promise<string>>(`suite.run(${JSON.stringify(upstream)})`),
  ) as Outcome[];
}

async function inWorkerd(upstream: Upstream): Promise<Outcome[]> {
  const miniflare = await worker(`${imports}
    export default { fetch: async (request) => Response.json(await perform(protego, await request.json())) };
  `);
  try {
    const body = JSON.stringify(upstream);
    const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body });
    return (await response.json()) as Outcome[];
  } finally {
    await miniflare.dispose();
  }
}

/** On a page of the upstream's own: other origins would be refused for other reasons. */
async function inChromium(upstream: Upstream): Promise<Outcome[]> {
  const contents = `${imports} globalThis.run = (upstream) => perform(protego, upstream);`;
  const content = await bundle(contents, { format: "iife", platform: "neutral" });
  const running = await chromium.launch({ executablePath: browser!, args: ["--no-sandbox"] });
  try {
    const page = await running.newPage();
    await page.goto(`${upstream.origin}/page`);
    await page.addScriptTag({ content });
    return await page.evaluate(
      (given) => (globalThis as unknown as { run(upstream: Upstream): Promise<Outcome[]> }).run(given),
      upstream,
    );
  } finally {
    await running.close();
  }
}
