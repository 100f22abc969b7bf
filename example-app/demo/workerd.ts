import { build } from "esbuild";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { libraryFolder } from "./folders.ts";
import { onStop } from "./stop.ts";

/** One script of a Worker, as Wrangler would make it, with the library as it has been built. */
export async function bundleWorker(entry: string): Promise<string> {
  const bundled = await build({
    entryPoints: [entry],
    absWorkingDir: libraryFolder,
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    tsconfigRaw: "{}",
    plugins: [
      {
        name: "the library itself",
        setup: ({ onResolve, resolve }) =>
          onResolve({ filter: /^next-protego(\/|$)/ }, ({ path, kind, pluginData }) =>
            pluginData === "again"
              ? undefined
              : resolve(path, { kind, resolveDir: libraryFolder, pluginData: "again" }),
          ),
      },
    ],
  });
  return bundled.outputFiles[0]!.text;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** Workers in workerd, as Cloudflare runs them, until the demo stops. */
export async function startMiniflare(options: MiniflareOptions): Promise<Miniflare> {
  const ours = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const miniflare = new Miniflare(options);
  // It ends the process at a signal, before the rest of the demo has been stopped.
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) if (!ours.has(listener)) process.off(signal, listener);
  }
  await miniflare.ready;
  onStop(() => miniflare.dispose());
  return miniflare;
}
