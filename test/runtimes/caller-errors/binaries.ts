import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../bundle.ts";

const run = promisify(execFile);

export type Binary =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

/** BUN_PATH, the one on the PATH, or the one from npm, kept for the next run. */
export function findBun(): Promise<Binary> {
  const arch = process.arch === "arm64" ? "aarch64" : process.arch;
  return find("bun", process.env.BUN_PATH, `@oven/bun-${process.platform}-${arch}`, "1.4.5", "bin/bun");
}

/** DENO_PATH, the one on the PATH, or the one from npm, kept for the next run. */
export function findDeno(): Promise<Binary> {
  const libc = process.platform === "linux" ? "-glibc" : "";
  const name = `@deno/${process.platform}-${process.arch}${libc}`;
  return find("deno", process.env.DENO_PATH, name, "2.9.6", "deno");
}

/** NODE22_PATH or the like, or this one from npm, kept for the next run. */
export function findNode(version: string): Promise<Binary> {
  const command = `node${version.split(".")[0]}`;
  const name = `node-${process.platform}-${process.arch}`;
  return find(command, process.env[`${command.toUpperCase()}_PATH`], name, version, "bin/node");
}

/** The binary is a package per platform; taking it directly runs no install script. */
async function find(
  command: string,
  told: string | undefined,
  name: string,
  version: string,
  file: string,
): Promise<Binary> {
  if (told) return (await runs(told)) ? { path: told } : { reason: `${told} is no ${command}` };
  if (await runs(command)) return { path: command };
  const work = join(root, "test/.work");
  const kept = join(work, `${command}-${version}`);
  const path = join(kept, "node_modules", name, file);
  if (await runs(path)) return { path };
  await mkdir(work, { recursive: true });
  const place = await mkdtemp(join(work, `${command}-`));
  const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", place];
  try {
    await run("npm", ["install", ...flags, `${name}@${version}`], { cwd: place, timeout: 120_000 });
    await rename(place, kept);
  } catch {
    await rm(place, { recursive: true, force: true });
  }
  if (await runs(path)) return { path };
  return {
    reason: `no ${command}: npm could not fetch ${name}@${version}; set ${command.toUpperCase()}_PATH to one`,
  };
}

async function runs(path: string): Promise<boolean> {
  return run(path, ["--version"]).then(
    () => true,
    () => false,
  );
}
