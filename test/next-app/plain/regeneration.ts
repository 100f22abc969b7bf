import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { main } from "../harness/outputs.ts";
import { regenerate } from "../harness/regeneration.ts";

export function regeneration(app: () => App): void {
  const refused = async (name: string): Promise<number> => (await app().circuit(name))?.totals.refused ?? 0;

  test("a page regenerates through a protected fetch", async () => {
    const before = app().upstream.hits("/isr-page");
    const html = await regenerate(app(), "/isr", () => app().upstream.hits("/isr-page") > before);
    expect(main(html)).toMatch(/^answer \d+ of \/isr-page$/);
  });

  test.each([
    ["a page keeps its data while the circuit is open", "/isr", "/isr-page"],
    [
      "a page with a fallback keeps its data: the fallback is not cached over it",
      "/isr-fallback",
      "/isr-fallback",
    ],
    ["a page with a protected function and fallback keeps its data", "/isr-protect", "/isr-protect"],
    ["a wrapped route keeps its data while its own circuit is open", "/api/isr", "GET /api/isr"],
    ["a wrapped route keeps its data while a circuit inside is open", "/api/isr", "/isr-route"],
    ["a wrapped route that nothing forces static keeps its data", "/api/isr-auto", "GET /api/isr-auto"],
    ["such a route keeps its data while a circuit inside is open", "/api/isr-auto", "/isr-auto"],
    ["a wrapped route with a fallback keeps its data", "/api/isr-fallback", "GET /api/isr-fallback"],
  ])(
    "%s",
    async (_sentence, path, circuit) => {
      const good = await app().text(path);
      expect(good).toContain("answer ");
      await app().command(circuit, "open");
      const before = await refused(circuit);

      const during = await regenerate(app(), path, async () => (await refused(circuit)) > before);
      expect(during).toContain("answer ");
      expect(during).not.toContain("fallbackFor");
      await app().command(circuit, "close");

      const after = await regenerate(app(), path, async () => (await app().text(path)) !== during);
      expect(after).toContain("answer ");
    },
    45_000,
  );

  test("a page goes on being regenerated while a circuit is open whose answer Next has in its data cache", async () => {
    await app().command("/isr-kept", "open");
    const hits = app().upstream.hits("/isr-kept");
    const before = app().upstream.hits("/isr-renewed");
    const html = await regenerate(
      app(),
      "/isr-beside",
      () => app().upstream.hits("/isr-renewed") > before + 1,
    );
    expect(main(html)).toMatch(/^answer \d+ of \/isr-kept, answer \d+ of \/isr-renewed$/);
    expect(app().upstream.hits("/isr-kept")).toBe(hits);
    await app().command("/isr-kept", "close");
  }, 45_000);

  test("a path that was never generated answers 500 while open, fallback or not, and is good afterwards", async () => {
    expect(main(await app().text("/isr-new/first"))).toMatch(/^answer /);
    await app().command("/isr-new", "open");
    const refused = await app().get("/isr-new/second");
    expect(refused.status).toBe(500);
    expect(await refused.text()).not.toContain("fallbackFor");
    await app().command("/isr-new", "close");
    expect(main(await app().text("/isr-new/second"))).toMatch(/^answer /);
  });

  test("a hung upstream fails a regeneration by the timeout, and the old page stays", async () => {
    app().upstream.set("/isr-hung", "hang");
    const failed = async (): Promise<boolean> => ((await app().circuit("/isr-hung"))?.totals.failed ?? 0) > 0;
    const html = await regenerate(app(), "/isr-hung", failed);
    expect(main(html)).toMatch(/^answer \d+ of \/isr-hung$/);
    expect((await app().circuit("/isr-hung"))?.lastFailure).toMatch(/^TimeoutError/);
    app().upstream.set("/isr-hung", 200);
    const hits = app().upstream.hits("/isr-hung");
    await regenerate(app(), "/isr-hung", () => app().upstream.hits("/isr-hung") > hits);
  }, 45_000);
}
