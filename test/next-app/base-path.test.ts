import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareFixture } from "./harness/fixture.ts";
import { type NextServer, startNext } from "./harness/next-server.ts";
import { nextBinary } from "./harness/repository.ts";

let server: NextServer;

beforeAll(async () => {
  const folder = await prepareFixture("base-path");
  server = await startNext(folder, {}, nextBinary, { command: ["dev"] });
}, 60_000);
afterAll(() => server?.stop());

/** Next takes `basePath` off the URLs of route handlers, and leaves it in those of `proxy.ts`. */
describe("an app with a base path", () => {
  test("a guarded page is told by its path inside the app", async () => {
    const { status, headers } = await fetch(`${server.url}/base/products/`);
    expect([status, headers.get("cache-control")]).toEqual([503, "no-store"]);
  }, 60_000);

  test("the dashboard's own addresses lead back to it", async () => {
    const page = await fetch(`${server.url}/base/ops/`);
    const html = await page.text();
    const base = new URL(/<base href="([^"]+)"/.exec(html)![1]!, page.url);
    const action = /action="(circuits\/shop\/close[^"]*)"/.exec(html)![1]!;
    const headers = { "sec-fetch-site": "same-origin", accept: "text/html" };
    const closed = await fetch(new URL(action, base), { method: "POST", headers });
    expect([closed.status, closed.url]).toEqual([200, page.url]);
    const list = (await (await fetch(new URL("circuits", base))).json()) as { circuits: unknown[] };
    expect(JSON.stringify(list)).toContain('"closed"');
  }, 60_000);
});
