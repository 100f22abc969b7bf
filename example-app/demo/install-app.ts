import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { appFolder } from "./folders.ts";
import { runNpm } from "./run.ts";

/** Installs what the app needs; when that is there already, only the package itself, which may have changed. */
export async function installApp(): Promise<void> {
  if (await isInstalled()) {
    await rm(join(appFolder, "node_modules/next-protego"), { recursive: true, force: true });
    await runNpm(
      ["install", "--no-save", "--no-package-lock", "--include=dev", "--prefer-offline"],
      appFolder,
    );
  } else {
    await runNpm(["ci", "--include=dev", "--prefer-offline"], appFolder);
  }
}

async function isInstalled(): Promise<boolean> {
  const [lock, installed] = await Promise.all([
    changedAt("package-lock.json"),
    changedAt("node_modules/.package-lock.json"),
  ]);
  return installed > lock;
}

async function changedAt(path: string): Promise<number> {
  return (await stat(join(appFolder, path)).catch(() => undefined))?.mtimeMs ?? 0;
}
