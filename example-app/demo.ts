import { rm } from "node:fs/promises";
import { join } from "node:path";
import { installApp } from "./demo/install-app.ts";
import { appFolder, libraryFolder } from "./demo/folders.ts";
import { freePort } from "./demo/free-port.ts";
import { startNext } from "./demo/next-server.ts";
import { whenNpmIsGone } from "./demo/npm-gone.ts";
import { runNpm, runNext } from "./demo/run.ts";
import { isStopping, onStop, stop } from "./demo/stop.ts";
import { step } from "./demo/step.ts";
import { tour } from "./demo/tour.ts";
import { startFleetStore } from "./demo/fleet-store.ts";
import { dashboardToken } from "./lib/dashboard-token.ts";
import { startWorker } from "./demo/worker-region.ts";
import { startUpstream } from "./upstream/server.ts";

/**
 * Builds and starts everything the demo needs, and stops it at Ctrl-C.
 *
 * DEMO_PORT: where the app listens, 3000 when not given, 0 for any free port. DEMO_KEEP_DIST=1: takes the
 * library's dist as it is.
 */
async function demo(): Promise<void> {
  const port = await freePort(Number(process.env["DEMO_PORT"] || 3000));
  if (process.env["DEMO_KEEP_DIST"] !== "1") {
    await step("building the library", () => runNpm(["run", "build"], libraryFolder));
  }
  await step("installing the example app", installApp);
  // The pages that are made at build time read it, so it is there before the build.
  const upstream = await startUpstream(0);
  onStop(() => upstream.close());
  const store = await startFleetStore();
  const env = { UPSTREAM_URL: upstream.url, ...store };
  await step("building the example app", async () => {
    // What an earlier demo has cached comes from an upstream that is gone.
    await rm(join(appFolder, ".next"), { recursive: true, force: true });
    await runNext(["build"], appFolder, env);
  });
  const names = store ? ["Frankfurt", "Virginia"] : ["Frankfurt"];
  const regions: Array<{ name: string; url: string }> = [];
  for (const name of names) {
    const own = regions.length === 0 ? port : await freePort(0);
    regions.push({ name, url: `http://127.0.0.1:${own}` });
  }
  await step(`starting ${names.join(" and ")}`, () =>
    Promise.all(
      regions.map(({ name, url: own }) =>
        startNext(Number(new URL(own).port), { ...env, REGION: name, REGIONS: JSON.stringify(regions) }),
      ),
    ),
  );
  const worker = store && (await step("starting a worker in Mumbai", startWorkerRegion));
  const { url } = regions[0]!;

  async function startWorkerRegion(): Promise<string | undefined> {
    return startWorker(await freePort(0), { ...env, REGION: "Mumbai, a worker" });
  }

  console.log(`
  Open ${url}
  ${store ? `The other region: ${regions[1]!.url}` : ""}
  The dashboard: ${url}/protego (password: ${dashboardToken})
  ${store ? `The fleet on one page: ${url}/protego/fleet` : ""}
  ${worker ? `A third region, a Worker: ${worker}/api/orders, ${worker}/protego` : ""}

  Try this:
    1. Set the shop API to "failing" and send 10 to Products: three fail, the circuit opens, seven cost nothing.
    2. Then the others: stale products, 503 with Retry-After for orders; Prices and Catalog keep serving.
    3. Send some to Virginia: what Frankfurt has seen helps it, too.
    4. Set it to "healthy", wait 10 s, send 10: two trial calls succeed and the circuit closes everywhere.
    5. Open the dashboard only now: it tells when the outage began, what failed first and what each trial found.
       "report" beside the incident is a text to hand on.
    6. "The fleet" there shows what all regions have told the store, the Worker's votes among them, and steers them all.

  From a shell:  curl -i ${url}/api/orders
  The shop API:  ${upstream.url}/products
  The story by itself, with its timeline: npm run demo -- --tour
  Ctrl-C stops everything.
`);
  console.log(`ready ${url}`);
  if (process.argv.includes("--tour")) {
    await tour(regions, { worker, store });
    await stop(0, "the tour is over, stopping …");
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void stop(0, "stopping …"));
}
whenNpmIsGone(() => void stop(0, "stopping …"));
try {
  await demo();
} catch (error) {
  if (!isStopping()) await stop(1, `the demo could not start: ${(error as Error).message}`);
}
