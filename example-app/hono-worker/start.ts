import { fileURLToPath } from "node:url";
import { libraryFolder } from "../demo/folders.ts";
import { freePort } from "../demo/free-port.ts";
import { runNpm } from "../demo/run.ts";
import { step } from "../demo/step.ts";
import { onStop, stop } from "../demo/stop.ts";
import { bundleWorker, startMiniflare } from "../demo/workerd.ts";
import { dashboardToken } from "../lib/dashboard-token.ts";
import { startUpstream } from "../upstream/server.ts";

/**
 * Starts the shop API and the Worker, in three isolates that share one Durable Object, and stops them at Ctrl-C.
 *
 * DEMO_PORT: where the first isolate listens, 8787 when not given, 0 for any free port. DEMO_KEEP_DIST=1: takes the
 * library's dist as it is.
 */
async function start(): Promise<void> {
  if (process.env["DEMO_KEEP_DIST"] !== "1") {
    await step("building the library", () => runNpm(["run", "build"], libraryFolder));
  }
  const shop = await startUpstream(0);
  onStop(() => shop.close());
  const script = await bundleWorker(fileURLToPath(new URL("src/main.ts", import.meta.url)));
  const names = ["frankfurt", "virginia", "mumbai"] as const;
  const firstPort = await freePort(Number(process.env["DEMO_PORT"] ?? 8787));
  const miniflare = await step(`starting ${names.join(", ")}`, () =>
    startMiniflare({
      workers: names.map((name, index) => ({
        name,
        modules: [{ type: "ESModule", path: "main.mjs", contents: script }],
        compatibilityDate: "2026-01-01",
        bindings: { SHOP_URL: shop.url, PROTEGO_TOKEN: dashboardToken },
        // One namespace of objects for all three, as it is for all isolates of a Worker.
        durableObjects: {
          CIRCUITS: { className: "CircuitObject", scriptName: names[0], useSQLite: true },
        },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: index === 0 ? firstPort : 0 }],
      })),
    }),
  );
  const urls: string[] = [];
  for (const name of names) urls.push((await miniflare.unsafeGetDirectURL(name)).origin);

  console.log(`
  Three isolates of one Worker:

    ${urls.join("\n    ")}

  curl -i ${urls[0]}/orders/7
  curl -X PUT -d failing ${shop.url}/control     breaks the shop; healthy mends it
  ${urls[0]}/protego     its dashboard; the password is ${dashboardToken}

  Ctrl-C stops everything.
`);
  console.log(`ready ${[...urls, shop.url].join(" ")}`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(0, "stopped"));

await start().catch((error: unknown) => stop(1, error instanceof Error ? error.message : String(error)));
