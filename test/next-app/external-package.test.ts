import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, serveApp } from "./harness/app.ts";
import { buildFixture, prepareFixture } from "./harness/fixture.ts";
import { startUpstream } from "./harness/upstream.ts";
import { everyPlace } from "./protect-fetch/every-place.ts";
import { page, route } from "./protect-fetch/told.ts";

let app: App;

const config = `
export default {
  serverExternalPackages: ["next-protego"],
  turbopack: { root: process.env["FIXTURE_ROOT"]! },
};
`;

beforeAll(async () => {
  const upstream = await startUpstream();
  const folder = await prepareFixture("protect-fetch", "external-package");
  await writeFile(join(folder, "next.config.ts"), config);
  const build = await buildFixture(folder, { UPSTREAM: upstream.url });
  if (build.exitCode !== 0) throw new Error(`next build failed:\n${build.output}`);
  app = await serveApp({ folder, build, upstream });
  await app.text("/memo?path=/first");
}, 240_000);
afterAll(() => app?.stop());

describe("with the package left out of the bundle", () => {
  const theApp = (): App => app;
  everyPlace(theApp);

  test("a wrapped call is counted once, by its wrapper", async () => {
    expect(await route(app, "path=/wrapped-here&wrapped")).toMatchObject({ status: 200 });
    expect((await app.circuit("wrapped /wrapped-here"))?.totals.succeeded).toBe(1);
    expect(await app.circuit("/wrapped-here")).toBeUndefined();
  });

  // Why the documents say to leave it bundled: a render cannot be seen from here, so the timeout is a signal.
  test("three components that make the same wrapped call send three", async () => {
    expect(await page(app, "path=/wrapped-in-a-page&wrapped")).toMatchObject({ status: 200 });
    expect(app.upstream.hits("/wrapped-in-a-page")).toBe(3);
  });

  test("pages stay as static as they are, and nothing is left unhandled", () => {
    expect(app.build.routes.get("/isr")).toEqual({ mark: "○", revalidate: "1s" });
    expect(app.server.log()).not.toMatch(/unhandled/i);
  });
});
