import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export const run = promisify(execFile);

export interface Packed {
  /** A folder of its own, that goes away with `remove`. */
  readonly folder: string;
  readonly tarball: string;
  readonly files: readonly string[];
  readonly remove: () => Promise<void>;
}

/** The package as npm would publish it, from the dist that is there: building it is the test command's part. */
export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "next-protego-packed-"));
  const flags = ["--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await run("npm", ["pack", ...flags], { cwd: root });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return {
    folder,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path).sort(),
    remove: () => rm(folder, { recursive: true }),
  };
}

export async function manifest(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, unknown>;
}
