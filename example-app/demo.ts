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
  const env = { UPSTREAM_URL: upstream.url };
  await step("building the example app", async () => {
    // What an earlier demo has cached comes from an upstream that is gone.
    await rm(join(appFolder, ".next"), { recursive: true, force: true });
    await runNext(["build"], appFolder, env);
  });
  const url = await step("starting it", () => startNext(port, env));

  console.log(`
  Open ${url}

  Try this:
    1. Set the shop API to "failing" and send 10 to Products: three fail, the circuit opens, seven cost nothing.
    2. Then the others: stale products, 503 with Retry-After for orders; Prices and Catalog keep serving.
    3. Set it to "healthy", wait 10 s, send 10: two trial calls succeed and the circuit closes.

  From a shell:  curl -i ${url}/api/orders
  The shop API:  ${upstream.url}/products
  Ctrl-C stops everything.
`);
  console.log(`ready ${url}`);
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
