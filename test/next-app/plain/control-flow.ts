import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { main } from "../harness/outputs.ts";

export function controlFlow(app: () => App): void {
  test.each([
    ["redirect", 307, "/elsewhere"],
    ["permanentRedirect", 308, "/elsewhere"],
    ["notFound", 404, null],
    ["forbidden", 403, null],
    ["unauthorized", 401, null],
  ])("%s() in a wrapped route answers %i and does not count", async (what, status, location) => {
    const name = "GET /api/flow/[what]";
    const before = (await app().circuit(name))?.totals;
    const response = await app().get(`/api/flow/${what}`);
    expect([response.status, response.headers.get("location")]).toEqual([status, location]);
    const after = (await app().circuit(name))!;
    expect(after.totals.ignored).toBe((before?.ignored ?? 0) + 1);
    expect(after).toMatchObject({ failures: 0, totals: { failed: 0, succeeded: before?.succeeded ?? 0 } });
  });

  test("cookies are read and set in a wrapped route", async () => {
    const response = await app().get("/api/flow/cookies", { headers: { cookie: "visitor=ada" } });
    expect(await response.json()).toBe("ada");
    expect(response.headers.get("set-cookie")).toContain("seen=yes");
  });

  test("headers are read in a wrapped route", async () => {
    const response = await app().get("/api/flow/headers", { headers: { "x-visitor": "grace" } });
    expect(await response.json()).toBe("grace");
  });

  test("cookies are read by a protected function in a page", async () => {
    const response = await app().get("/cookies", { headers: { cookie: "visitor=ada" } });
    expect(main(await response.text())).toBe("visitor: ada.");
    expect(await app().circuit("cookies in a page")).toMatchObject({ totals: { succeeded: 1, failed: 0 } });
  });
}
