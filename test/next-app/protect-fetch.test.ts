import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, type BuiltApp, serveApp } from "./harness/app.ts";
import { type Build, buildFixture, prepareFixture } from "./harness/fixture.ts";
import { startUpstream, type Upstream } from "./harness/upstream.ts";
import { answeredRefusals } from "./protect-fetch/answered-refusals.ts";
import { cachedContent } from "./protect-fetch/cached-content.ts";
import { everyPlace } from "./protect-fetch/every-place.ts";
import { explicitWrappers } from "./protect-fetch/explicit-wrappers.ts";
import { telemetryOrder } from "./protect-fetch/telemetry-order.ts";

let upstream: Upstream;
let bare: Build;
let built: BuiltApp;
let app: App;

beforeAll(async () => {
  upstream = await startUpstream();
  const folder = await prepareFixture("protect-fetch");
  bare = await buildFixture(folder, { UPSTREAM: upstream.url, HOOK: "off" });
  const build = await buildFixture(folder, { UPSTREAM: upstream.url });
  if (build.exitCode !== 0) throw new Error(`next build failed:\n${build.output}`);
  built = { folder, build, upstream };
  app = await serveApp(built);
  // With a Pages Router beside it, a route handler that is called before any page ends Next's deduplication, hook or not.
  await app.text("/memo?path=/first");
}, 180_000);
afterAll(async () => {
  await app?.server.stop();
  await upstream?.close();
});

/** One build and one server; each test has a circuit of its own, by the path that it calls. */
const theApp = (): App => app;

describe("one line in instrumentation.ts", () => {
  test("leaves the table of routes as it is", () => {
    expect(bare.routes.size).toBeGreaterThan(8);
    expect([...built.build.routes]).toEqual([...bare.routes]);
    expect(built.build.routes.get("/isr")).toEqual({ mark: "○", revalidate: "1s" });
  });

  describe("protects", () => {
    everyPlace(theApp);
  });
  describe("beneath Next's caches", () => {
    cachedContent(theApp);
  });
  describe("beside explicit wrappers", () => {
    explicitWrappers(theApp);
  });
  describe("with refusals that are answered", () => {
    answeredRefusals(() => built);
  });
  describe("beside OpenTelemetry", () => {
    telemetryOrder(() => built);
  });

  test("leaves no rejection unhandled", () => {
    expect(app.server.log()).not.toMatch(/unhandled/i);
  });
});
