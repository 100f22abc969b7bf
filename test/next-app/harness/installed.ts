import { execFile } from "node:child_process";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { pack } from "../../package/packed.ts";
import { workFolder } from "./repository.ts";

export type Installed = { readonly folder: string } | { readonly missing: string };

/** A folder of this name with these packages in it, each as `name@version`, kept for the next run; or why there is none. */
export async function installed(name: string, wanted: readonly string[]): Promise<Installed> {
  const folder = join(workFolder, name);
  const there = await access(join(folder, "node_modules")).then(
    () => true,
    () => false,
  );
  if (there) return { folder };
  const place = `${folder}-${process.pid}`;
  await mkdir(place, { recursive: true });
  const manifest = { name: "fixture", private: true, scripts: { build: "next build" } };
  await writeFile(join(place, "package.json"), JSON.stringify(manifest));
  try {
    const flags = ["--no-audit", "--no-fund", "--save-exact"];
    await promisify(execFile)("npm", ["install", ...flags, ...wanted], { cwd: place, timeout: 180_000 });
    await rename(place, folder);
    return { folder };
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    return { missing: `npm could not install ${wanted.join(" ")}: ${String(error).slice(0, 200)}` };
  }
}

/** Puts the package into such a folder as npm would install it. */
export async function installPackage(folder: string): Promise<void> {
  const place = join(folder, "node_modules/next-protego");
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const packed = await pack();
  await promisify(execFile)("tar", ["-xzf", packed.tarball, "--strip-components=1", "-C", place]);
  await packed.remove();
}
