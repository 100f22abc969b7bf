import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { root } from "./bundle.ts";

const run = promisify(execFile);

/** The oldest Node that Next 16 allows. */
const oldest = "20.9.0";

export type FoundNode =
  | { readonly path: string; readonly version: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

/**
 * A Node 20 to test with: NODE20_PATH, else the oldest one from npm (kept for the next run), else one on the
 * PATH, else the reason why there is none.
 */
export async function findNode20(): Promise<FoundNode> {
  const { NODE20_PATH: told, PATH = "" } = process.env;
  if (told) return (await asNode(told, "20.")) ?? { reason: `NODE20_PATH=${told} is no Node 20` };
  const fetched = await fetchNode(oldest);
  if (fetched) return fetched;
  for (const folder of PATH.split(delimiter)) {
    const found = folder.includes("node_modules") ? undefined : await asNode(join(folder, "node"), "20.");
    if (found) return found;
  }
  return { reason: `no Node 20: npm could not fetch node ${oldest}; set NODE20_PATH to one` };
}

/** A Node of this version from npm. The binary is a package per platform; taking it directly runs no install script. */
export async function fetchNode(version: string): Promise<FoundNode | undefined> {
  const work = join(root, "test/.work");
  const kept = join(work, `node-${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  const path = join(kept, "node_modules", name, "bin/node");
  const found = await asNode(path, version);
  if (found) return found;
  await mkdir(work, { recursive: true });
  // Several test files may want it at once: each fetches to a place of its own, and the first one wins.
  const place = await mkdtemp(join(work, "node-"));
  const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", place];
  try {
    await run("npm", ["install", ...flags, `${name}@${version}`], { cwd: place, timeout: 120_000 });
    await rename(place, kept);
  } catch {
    await rm(place, { recursive: true, force: true });
  }
  return asNode(path, version);
}

async function asNode(path: string, wanted: string): Promise<FoundNode | undefined> {
  try {
    const version = (await run(path, ["--version"])).stdout.trim();
    return version.startsWith(`v${wanted}`) ? { path, version } : undefined;
  } catch {
    return undefined;
  }
}
