import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { installed, installPackage } from "../next-app/harness/installed.ts";
import { main } from "../next-app/harness/outputs.ts";
import { run } from "../next-app/harness/run.ts";
import { startUpstream } from "../next-app/harness/upstream.ts";
import { beforeAPage } from "./before-a-page.ts";
import { cachedFunctions } from "./cached-functions.ts";
import { draftMode } from "./draft-mode.ts";
import { inTheBrowser } from "./in-the-browser.ts";
import { openTelemetry } from "./open-telemetry.ts";
import { circuit, command, type Extra, get, type Row, type Version } from "./row.ts";
import { serve } from "./serving.ts";

/**
 * The newest Next and React are those of the other tests; these are the oldest of each line, and one in between, each
 * served in another way. `"use cache"` cannot be told to a Next 15.0, and Next 16 forbids the edge runtime beside it.
 */
const matrix: Version[] = [
  {
    next: "15.0.7",
    react: "18.3.1",
    serving: "custom server",
    extras: ["custom-server", "edge-middleware"],
  },
  {
    next: "15.5.29",
    react: "19.0.0",
    serving: "next start",
    extras: ["node-middleware", "open-telemetry", "use-cache"],
    packages: ["@opentelemetry/api@1.9.1", "@opentelemetry/sdk-trace-base@2.12.1", "@vercel/otel@2.1.3"],
  },
  { next: "16.0.11", react: "19.2.0", serving: "standalone", extras: ["proxy", "standalone"] },
];

const furniture = ["app", "lib", "pages", "next.config.mjs", "middleware.js", "proxy.js", ".next"];

/** The fixture in that folder, with the package as npm would install it. */
async function furnished(folder: string, extras: readonly Extra[]): Promise<void> {
  for (const part of furniture) await rm(join(folder, part), { recursive: true, force: true });
  for (const part of ["fixture", ...extras.map((extra) => `with/${extra}`)]) {
    await cp(new URL(part, import.meta.url), folder, { recursive: true });
  }
  await installPackage(folder);
}

describe.each(matrix)("with Next $next and React $react, served by $serving", async (version) => {
  const { next, react, serving, extras, packages = [] } = version;
  const wanted = [`next@${next}`, `react@${react}`, `react-dom@${react}`, ...packages];
  const more = packages.length > 0 ? "-and-more" : "";
  const found = await installed(`matrix-next-${next}-react-${react}${more}`, wanted);
  const missing = "missing" in found ? found.missing : undefined;
  let row: Row | undefined;

  beforeAll(async () => {
    if ("missing" in found) return;
    const { folder } = found;
    await furnished(folder, extras);
    const upstream = await startUpstream();
    const env = { UPSTREAM: upstream.url };
    const binary = join(folder, "node_modules/next/dist/bin/next");
    const { exitCode, output } = await run(process.execPath, [binary, "build"], folder, env);
    if (exitCode !== 0) throw new Error(`next build failed:\n${output}`);
    const hitsOfBuild = upstream.hits("/isr");
    row = { upstream, output, hitsOfBuild, server: await serve(serving, folder, env) };
  }, 240_000);
  afterAll(async () => {
    await row?.server.stop();
    await row?.upstream.close();
  });

  const theRow = (): Row => row!;
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });

  test("static pages are static, and are built of real answers", async () => {
    expect(theRow().output).toMatch(/[○●] \/static/);
    expect(theRow().output).toMatch(/[○●] \/isr/);
    expect(theRow().hitsOfBuild).toBeGreaterThan(0);
    expect(main(await (await get(theRow(), "/static")).text())).toMatch(/^answer \d+ of \/static$/);
  });

  // Before any route handler: in Next 15.0 one that was called first ends deduplication, package or not.
  test("identical fetches of a render are sent once, and count once", async () => {
    const text = await (await get(theRow(), "/dedupe")).text();
    expect(main(text)).toBe("<p>answer 1 of /dedupe</p><p>answer 1 of /dedupe</p>");
    expect(theRow().upstream.hits("/dedupe")).toBe(1);
  });

  test("nothing was counted in the build: the circuit knows the one call since", async () => {
    const { totals } = (await circuit(theRow(), "shop"))!;
    expect(totals).toMatchObject({ failed: 0, refused: 0 });
    expect(totals.allowed).toBeLessThanOrEqual(2);
  });

  test("a route that fails three times answers 503 with Retry-After, and calls nothing", async () => {
    theRow().upstream.set("/orders", 500);
    for (let call = 0; call < 3; call++) expect((await get(theRow(), "/api/orders")).status).toBe(500);
    const refused = await get(theRow(), "/api/orders");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "60"]);
    expect(theRow().upstream.hits("/orders")).toBe(3);
    expect(await circuit(theRow(), "GET /api/orders")).toMatchObject({ state: "open" });
  });

  test("a redirect passes, uncounted", async () => {
    const response = await get(theRow(), "/api/leave");
    expect([response.status, response.headers.get("location")]).toEqual([
      307,
      expect.stringContaining("/isr"),
    ]);
    expect(await circuit(theRow(), "GET /api/leave")).toMatchObject({
      failures: 0,
      totals: { failed: 0, ignored: 1 },
    });
  });

  test("the edge runtime and the Pages Router work too", async () => {
    expect(await (await get(theRow(), "/api/edge")).text()).toBe("answer 1 of /edge");
    for (let call = 0; call < 3; call++) await get(theRow(), "/api/old");
    expect((await get(theRow(), "/api/old")).status).toBe(503);
  });

  test.each([
    ["a route", "/api/plain", "/plain"],
    ["an edge route", "/api/plain-edge", "/plain-edge"],
  ])("one line in instrumentation.js protects a plain fetch in %s", async (_, path, called) => {
    theRow().upstream.set(called, 500);
    for (let call = 0; call < 3; call++)
      expect(await (await get(theRow(), path)).json()).toEqual({ status: 500 });
    expect(await (await get(theRow(), path)).json()).toEqual({ error: "CircuitOpenError" });
    expect(theRow().upstream.hits(called)).toBe(3);
  });

  test("one line keeps the content of a page that revalidates by a plain fetch", async () => {
    expect(theRow().output).toMatch(/[○●] \/plain-isr/);
    await command(theRow(), "/plain-isr", "open");
    const before = main(await (await get(theRow(), "/plain-isr")).text());
    const hits = theRow().upstream.hits("/plain-isr");
    const refused = async (): Promise<number> => (await circuit(theRow(), "/plain-isr"))!.totals.refused;
    await expect
      .poll(async () => (await get(theRow(), "/plain-isr"), await refused()), {
        timeout: 20_000,
        interval: 200,
      })
      .toBeGreaterThan(0);
    expect(before).toMatch(/^answer \d+ of \/plain-isr$/);
    expect(main(await (await get(theRow(), "/plain-isr")).text())).toBe(before);
    expect(theRow().upstream.hits("/plain-isr")).toBe(hits);
    expect(theRow().server.log()).not.toMatch(/unhandled/i);
  });

  test("a page that revalidates keeps what visitors see while the circuit is open", async () => {
    await command(theRow(), "shop", "open");
    const before = main(await (await get(theRow(), "/isr")).text());
    const hits = theRow().upstream.hits("/isr");
    const tried = async (): Promise<number> => (await circuit(theRow(), "shop"))!.totals.refused;
    await expect
      .poll(async () => (await get(theRow(), "/isr"), await tried()), { timeout: 20_000, interval: 200 })
      .toBeGreaterThan(0);
    expect(main(await (await get(theRow(), "/isr")).text())).toBe(before);
    expect(theRow().upstream.hits("/isr")).toBe(hits);
  });

  beforeAPage(version, theRow);
  cachedFunctions(version, theRow);
  draftMode(theRow);
  inTheBrowser(theRow);
  openTelemetry(version, theRow);
});
