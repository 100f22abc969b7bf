import { fileURLToPath } from "node:url";
import { bundleWorker, startMiniflare } from "./workerd.ts";

/** Starts the Worker in workerd. Where it listens, or nothing where it cannot start here. */
export async function startWorker(port: number, env: Record<string, string>): Promise<string | undefined> {
  try {
    const contents = await bundleWorker(fileURLToPath(new URL("../worker/main.ts", import.meta.url)));
    const worker = await startMiniflare({
      host: "127.0.0.1",
      port,
      modules: [{ type: "ESModule", path: "worker.mjs", contents }],
      compatibilityDate: "2026-01-01",
      compatibilityFlags: ["nodejs_compat"],
      bindings: env,
    });
    return (await worker.ready).href.replace(/\/$/, "");
  } catch (error) {
    console.log(`\n  No worker: workerd does not start here (${(error as Error).message.split("\n")[0]}).`);
    return undefined;
  }
}
