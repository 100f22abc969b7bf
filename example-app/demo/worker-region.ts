import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { libraryFolder } from "./folders.ts";
import { onStop } from "./stop.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Starts the Worker in workerd, as Cloudflare runs it. Where it listens, or nothing where it cannot start here. */
export async function startWorker(port: number, env: Record<string, string>): Promise<string | undefined> {
  try {
    const bundled = await build({
      entryPoints: [fileURLToPath(new URL("../worker/main.ts", import.meta.url))],
      absWorkingDir: libraryFolder,
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      conditions: ["workerd", "worker", "browser"],
      external: ["cloudflare:*", "node:*"],
      tsconfigRaw: "{}",
    });
    const ours = new Set(signals.flatMap((signal) => process.listeners(signal)));
    const worker = new Miniflare({
      host: "127.0.0.1",
      port,
      modules: [{ type: "ESModule", path: "worker.mjs", contents: bundled.outputFiles[0]!.text }],
      compatibilityDate: "2026-01-01",
      compatibilityFlags: ["nodejs_compat"],
      bindings: env,
    });
    // It ends the process at a signal, before the rest of the demo has been stopped.
    for (const signal of signals) {
      for (const listener of process.listeners(signal))
        if (!ours.has(listener)) process.off(signal, listener);
    }
    const url = await worker.ready;
    onStop(() => worker.dispose());
    return url.href.replace(/\/$/, "");
  } catch (error) {
    console.log(`\n  No worker: workerd does not start here (${(error as Error).message.split("\n")[0]}).`);
    return undefined;
  }
}
