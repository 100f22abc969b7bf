import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CircuitSnapshot } from "../../src/index.ts";
import { installed, installPackage } from "../next-app/harness/installed.ts";
import { type NextServer, startNext } from "../next-app/harness/next-server.ts";
import { main } from "../next-app/harness/outputs.ts";
import { run } from "../next-app/harness/run.ts";
import { startUpstream, type Upstream } from "../next-app/harness/upstream.ts";

/**
 * The newest Next and React are those of the other tests; these are the oldest of each line, and one in between. `"use cache"` cannot be
 * told to a Next 15.0, and Next 16 forbids the edge runtime beside it.
 */
const matrix = [
  { next: "15.0.7", react: "18.3.1", useCache: false },
  { next: "15.5.29", react: "19.0.0", useCache: true },
  { next: "16.0.11", react: "19.2.0", useCache: false },
];

/** The fixture in that folder, with the package as npm would install it. */
async function furnished(folder: string, useCache: boolean): Promise<void> {
  for (const part of ["app", "lib", "pages", "next.config.mjs", ".next"]) {
    await rm(join(folder, part), { recursive: true, force: true });
  }
  await cp(new URL("fixture", import.meta.url), folder, { recursive: true });
  if (useCache) await cp(new URL("fixture-use-cache", import.meta.url), folder, { recursive: true });
  await installPackage(folder);
}

describe.each(matrix)("with Next $next and React $react", async ({ next, react, useCache }) => {
  const wanted = [`next@${next}`, `react@${react}`, `react-dom@${react}`];
  const found = await installed(`matrix-next-${next}-react-${react}`, wanted);
  const missing = "missing" in found ? found.missing : undefined;
  let upstream: Upstream | undefined;
  let server: NextServer | undefined;
  let output = "";
  let hitsOfBuild = 0;

  beforeAll(async () => {
    if ("missing" in found) return;
    const { folder } = found;
    await furnished(folder, useCache);
    upstream = await startUpstream();
    const env = { UPSTREAM: upstream.url };
    const binary = join(folder, "node_modules/next/dist/bin/next");
    const built = await run(process.execPath, [binary, "build"], folder, env);
    output = built.output;
    if (built.exitCode !== 0) throw new Error(`next build failed:\n${output}`);
    hitsOfBuild = upstream.hits("/isr");
    server = await startNext(folder, env, binary);
  }, 240_000);
  afterAll(async () => {
    await server?.stop();
    await upstream?.close();
  });

  const get = (path: string): Promise<Response> => fetch(server!.url + path, { redirect: "manual" });
  const circuits = async (): Promise<CircuitSnapshot[]> => (await get("/api/circuits")).json();
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });

  test("static pages are static, and are built of real answers", async () => {
    expect(output).toMatch(/[○●] \/static/);
    expect(output).toMatch(/[○●] \/isr/);
    expect(hitsOfBuild).toBeGreaterThan(0);
    expect(main(await (await get("/static")).text())).toMatch(/^answer \d+ of \/static$/);
  });

  // Before any route handler: in Next 15.0 one that was called first ends deduplication, package or not.
  test("identical fetches of a render are sent once, and count once", async () => {
    const text = await (await get("/dedupe")).text();
    expect(main(text)).toBe("<p>answer 1 of /dedupe</p><p>answer 1 of /dedupe</p>");
    expect(upstream!.hits("/dedupe")).toBe(1);
  });

  test("nothing was counted in the build: the circuit knows the one call since", async () => {
    const [circuit] = (await circuits()).filter(({ name }) => name === "shop");
    expect(circuit?.totals).toMatchObject({ failed: 0, refused: 0 });
    expect(circuit?.totals.allowed).toBeLessThanOrEqual(2);
  });

  test("a route that fails three times answers 503 with Retry-After, and calls nothing", async () => {
    upstream!.set("/orders", 500);
    for (let call = 0; call < 3; call++) expect((await get("/api/orders")).status).toBe(500);
    const refused = await get("/api/orders");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "60"]);
    expect(upstream!.hits("/orders")).toBe(3);
    expect(await circuits()).toContainEqual(
      expect.objectContaining({ name: "GET /api/orders", state: "open" }),
    );
  });

  test("a redirect passes, uncounted", async () => {
    const response = await get("/api/leave");
    expect([response.status, response.headers.get("location")]).toEqual([
      307,
      expect.stringContaining("/isr"),
    ]);
    const [circuit] = (await circuits()).filter(({ name }) => name === "GET /api/leave");
    expect(circuit).toMatchObject({ failures: 0, totals: { failed: 0, ignored: 1 } });
  });

  test("the edge runtime and the Pages Router work too", async () => {
    expect(await (await get("/api/edge")).text()).toBe("answer 1 of /edge");
    for (let call = 0; call < 3; call++) await get("/api/old");
    expect((await get("/api/old")).status).toBe(503);
  });

  test.each([
    ["a route", "/api/plain", "/plain"],
    ["an edge route", "/api/plain-edge", "/plain-edge"],
  ])("one line in instrumentation.js protects a plain fetch in %s", async (_, path, called) => {
    upstream!.set(called, 500);
    for (let call = 0; call < 3; call++) expect(await (await get(path)).json()).toEqual({ status: 500 });
    expect(await (await get(path)).json()).toEqual({ error: "CircuitOpenError" });
    expect(upstream!.hits(called)).toBe(3);
  });

  test("one line keeps the content of a page that revalidates by a plain fetch", async () => {
    expect(output).toMatch(/[○●] \/plain-isr/);
    await fetch(`${server!.url}/api/circuits?name=/plain-isr`, { method: "POST" });
    const before = main(await (await get("/plain-isr")).text());
    const hits = upstream!.hits("/plain-isr");
    const refused = async (): Promise<number> =>
      (await circuits()).find(({ name }) => name === "/plain-isr")!.totals.refused;
    await expect
      .poll(async () => (await get("/plain-isr"), await refused()), { timeout: 20_000, interval: 200 })
      .toBeGreaterThan(0);
    expect(before).toMatch(/^answer \d+ of \/plain-isr$/);
    expect(main(await (await get("/plain-isr")).text())).toBe(before);
    expect(upstream!.hits("/plain-isr")).toBe(hits);
    expect(server!.log()).not.toMatch(/unhandled/i);
  });

  test("a page that revalidates keeps what visitors see while the circuit is open", async () => {
    expect((await fetch(`${server!.url}/api/circuits`, { method: "POST" })).status).toBe(204);
    const before = main(await (await get("/isr")).text());
    const hits = upstream!.hits("/isr");
    const tried = async (): Promise<number> =>
      (await circuits()).find(({ name }) => name === "shop")!.totals.refused;
    await expect
      .poll(async () => (await get("/isr"), await tried()), { timeout: 20_000, interval: 200 })
      .toBeGreaterThan(0);
    expect(main(await (await get("/isr")).text())).toBe(before);
    expect(upstream!.hits("/isr")).toBe(hits);
  });

  // Next 15 gives what is thrown inside a cached function another digest: only the request knows of the refusal.
  test.runIf(useCache)('a refusal inside "use cache" makes the route answer 503, uncounted', async () => {
    expect((await fetch(`${server!.url}/api/circuits`, { method: "POST" })).status).toBe(204);
    for (let call = 0; call < 4; call++) {
      const refused = await get("/api/cached");
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(30);
    }
    const [circuit] = (await circuits()).filter(({ name }) => name === "GET /api/cached");
    expect(circuit).toMatchObject({ state: "closed", totals: { failed: 0 } });
    expect(upstream!.hits("/cached")).toBe(0);
  });
});
