import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, startApp } from "./harness/app.ts";
import { outputs } from "./harness/outputs.ts";
import { regenerate } from "./harness/regeneration.ts";

let app: App;

beforeAll(async () => {
  app = await startApp("cache-components");
}, 120_000);
afterAll(() => app?.stop());

describe("Next with Cache Components", () => {
  test.each([
    ["a page with a cached protected fetch outside Suspense is static", "/static", "○", undefined],
    ["a page with an uncached protected fetch inside Suspense is partly static", "/partial", "◐", undefined],
    ["a page whose protected fetch revalidates keeps its time", "/revalidated", "◐", "1s"],
    ["a page with a protected fetch inside 'use cache' is static", "/use-cache", "○", "1s"],
    ["a wrapped route with a cached protected fetch is static", "/api/static", "○", undefined],
    ["a wrapped route whose protected fetch revalidates keeps its time", "/api/revalidated", "○", "1s"],
    [
      "a wrapped route with an uncached protected fetch is dynamic, as a bare one is",
      "/api/uncached",
      "ƒ",
      undefined,
    ],
    ["a cached page whose circuit is shared stays static", "/shared", "○", "15m"],
  ])("%s", (_sentence, path, mark, revalidate) => {
    expect(app.build.routes.get(path)).toEqual({ mark, revalidate });
  });

  test("the build says nothing of clocks or randomness", () => {
    expect(app.build.output).not.toMatch(/Date\.now|Math\.random|crypto|blocking-prerender/);
  });

  test("what is static is served from the build, with no call to the upstream", async () => {
    for (const [path, upstreamPath] of [
      ["/static", "/cc-static"],
      ["/api/static", "/cc-static-route"],
    ]) {
      const hits = app.upstream.hits(upstreamPath!);
      expect(await app.text(path!)).toContain(`answer ${hits} of ${upstreamPath}`);
      expect(app.upstream.hits(upstreamPath!)).toBe(hits);
    }
  });

  test("the dynamic part of a page is fetched, and counts", async () => {
    expect(outputs(await app.text("/partial"))[0]).toMatch(/^answer \d+ of \/cc-partial$/);
    expect(await app.circuit("/cc-partial")).toMatchObject({ totals: { succeeded: 1, failed: 0 } });
  });

  test("an uncached route is called, and counts once", async () => {
    expect(await app.text("/api/uncached")).toMatch(/^answer \d+ of \/cc-uncached-route$/);
    expect(await app.circuit("/cc-uncached-route")).toMatchObject({ totals: { succeeded: 1, failed: 0 } });
  });

  describe("a page that is rendered ahead for a visitor", () => {
    const prefetched = async (): Promise<string> => {
      const headers = { cookie: "visitor=ada", rsc: "1", "next-router-prefetch": "2" };
      return (await app.get("/ahead", { headers, redirect: "follow" })).text();
    };

    test("has what it could get", async () => {
      expect(await prefetched()).toContain("loaded");
    });

    test("holds no refusal, which the client would show for minutes after the circuit has closed", async () => {
      await app.command("ahead", "open");
      expect(outputs(await app.text("/ahead"))[0]).toContain("CircuitOpenError");
      const held = await prefetched();
      expect(held).not.toContain("CircuitOpenError");
      expect(held).toContain("loading");
      await app.command("ahead", "close");
    });
  });

  describe("regeneration at run time", () => {
    const totals = async (name: string) =>
      (await app.circuit(name))?.totals ?? { allowed: 0, succeeded: 0, failed: 0, ignored: 0, refused: 0 };

    test("what a prerender leaves hanging does not count, nor hold a trial's place", async () => {
      await app.command("/cc-beside", "halfOpen");
      const hits = app.upstream.hits("/cc-revalidated");
      await regenerate(app, "/revalidated", () => app.upstream.hits("/cc-revalidated") > hits + 1);
      // Each request renders the dynamic part for real: its trials succeed and close the circuit.
      await expect.poll(async () => (await app.circuit("/cc-beside"))?.state).toBe("closed");
      expect(await totals("/cc-beside")).toMatchObject({ failed: 0, refused: 0 });
    }, 45_000);

    test("a page's shell goes on being regenerated while the circuit of its dynamic part is open", async () => {
      const shell = async (): Promise<string> => outputs(await app.text("/revalidated"))[0]!;
      await app.command("/cc-beside", "open");
      const kept = await shell();
      const logged = app.server.log().length;
      await expect.poll(shell, { timeout: 20_000, interval: 300 }).not.toBe(kept);
      expect(app.server.log().slice(logged)).not.toContain("Error revalidating");
      await app.command("/cc-beside", "close");
    }, 45_000);

    test.each([
      ["a page keeps its data while the circuit is open", "/revalidated", "/cc-revalidated"],
      ["a page with 'use cache' keeps its data while the circuit is open", "/use-cache", "/cc-use-cache"],
      ["a route keeps its data while the circuit inside is open", "/api/revalidated", "/cc-route"],
      ["a route keeps its data while its own circuit is open", "/api/revalidated", "GET /api/revalidated"],
    ])(
      "%s",
      async (_sentence, path, circuit) => {
        const answer = async (): Promise<string> =>
          /answer \d+ of [\w/-]+/.exec(await app.text(path))?.[0] ?? "none";
        await app.command(circuit, "open");
        const { refused } = await totals(circuit);
        const during = await regenerate(app, path, async () => (await totals(circuit)).refused > refused);
        expect(during).toContain("answer ");
        const kept = await answer();
        await app.command(circuit, "close");
        const after = await regenerate(app, path, async () => (await answer()) !== kept);
        expect(after).toContain("answer ");
      },
      45_000,
    );

    test("'use cache' above protectFetch keeps its content until it revalidates, then throws the digest", async () => {
      const shown = async (): Promise<string> => outputs(await app.text("/use-cache-plain"))[0] ?? "";
      expect(await shown()).toMatch(/^answer \d+ of \/cc-plain$/);
      await app.command("beneath /cc-plain", "open");
      const hits = app.upstream.hits("/cc-plain");
      await expect.poll(shown, { timeout: 20_000, interval: 200 }).toMatch(/^threw PROTEGO_CIRCUIT_OPEN;/);
      expect(app.upstream.hits("/cc-plain")).toBe(hits);
      await app.command("beneath /cc-plain", "close");
      expect(await shown()).toBe(`answer ${hits + 1} of /cc-plain`);
    }, 45_000);

    const eachVisitor = async (how: string): Promise<string> =>
      outputs(await app.text(`/for-each-visitor/${how}`))[0] ?? "";

    test.each(["cache", "remote"])(
      "'use cache' that is called for each visitor keeps its data until it revalidates, then throws the digest: %s",
      async (how) => {
        const circuit = `/cc-each-${how}`;
        const kept = await eachVisitor(how);
        expect(kept).toMatch(/^answer \d+ of/);
        const hits = app.upstream.hits(circuit);
        await app.command(circuit, "open");
        await expect
          .poll(() => eachVisitor(how), { timeout: 20_000, interval: 200 })
          .toMatch(/^threw PROTEGO_CIRCUIT_OPEN;/);
        expect(app.upstream.hits(circuit)).toBe(hits);
        await app.command(circuit, "close");
        expect(await eachVisitor(how)).toBe(`answer ${hits + 1} of ${circuit}`);
      },
      45_000,
    );

    test("'use cache: private' throws the digest at once", async () => {
      expect(await eachVisitor("private")).toMatch(/^answer \d+ of/);
      await app.command("/cc-each-private", "open");
      expect(await eachVisitor("private")).toMatch(/^threw PROTEGO_CIRCUIT_OPEN;/);
      await app.command("/cc-each-private", "close");
      expect(await eachVisitor("private")).toMatch(/^answer \d+ of/);
    });

    test("protectFetch beneath wrappers counts none of their calls", async () => {
      const names = ((await (await app.get("/api/circuits")).json()) as Array<{ name: string }>)
        .map(({ name }) => name)
        .filter((name) => name.startsWith("beneath "));
      expect(names).toEqual(["beneath /cc-plain"]);
    });

    test("an upstream that fails in a regeneration counts, opens, and the old data stays", async () => {
      app.upstream.set("/cc-route", "reset");
      const { failed } = await totals("/cc-route");
      const text = await regenerate(
        app,
        "/api/revalidated",
        async () => (await totals("/cc-route")).failed > failed,
      );
      expect(text).toContain("answer ");
    }, 45_000);
  });
});
