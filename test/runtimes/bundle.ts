import { build, type BuildOptions } from "esbuild";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** One script of an entry beside this file; the package in it is the built one, found by its own exports. */
export async function bundle(entry: string, options: BuildOptions): Promise<string> {
  const built = await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    write: false,
    target: "es2022",
    logLevel: "warning",
    // Ours maps imports of the package to its source.
    tsconfigRaw: "{}",
    ...options,
  });
  return built.outputFiles![0]!.text;
}
