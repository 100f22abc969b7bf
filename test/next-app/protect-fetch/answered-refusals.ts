import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, type BuiltApp, serveApp } from "../harness/app.ts";
import { regenerate } from "../harness/regeneration.ts";
import { edgeRoute, page, type Place, route } from "./told.ts";

export function answeredRefusals(built: () => BuiltApp): void {
  let app: App;
  beforeAll(async () => {
    app = await serveApp(built(), { REFUSALS: "answered" });
    await app.text("/memo?path=/first");
  });
  afterAll(() => app?.server.stop());

  const refusals = async (name: string): Promise<number> => (await app.circuit(name))?.totals.refused ?? 0;

  test.each([
    ["a route", route],
    ["a page", page],
    ["an edge route", edgeRoute],
  ] as Array<[string, Place]>)("%s gets 504, and it is not stored", async (name, call) => {
    const path = `/answered-in-${name.replaceAll(" ", "-")}`;
    app.upstream.set(path, 500);
    for (let count = 0; count < 2; count++) await call(app, `path=${path}&cache=no-store`);
    for (let count = 0; count < 2; count++) {
      expect(await call(app, `path=${path}&cache=force-cache`)).toMatchObject({ status: 504 });
    }
    expect(app.upstream.hits(path)).toBe(2);
    app.upstream.set(path, 200);
    if (name === "an edge route") return; // no other function reaches its circuits
    await app.command(path, "close");
    expect(await call(app, `path=${path}&cache=force-cache`)).toMatchObject({
      body: `answer 3 of ${path}`,
    });
  });

  test.each([
    ["an ISR page", "/isr", "/isr"],
    ["what unstable_cache holds", "/api/cached", "/cached"],
  ])(
    "%s that looks at no status keeps its content: there the refusal is thrown",
    async (_, path, circuit) => {
      await app.command(circuit, "close");
      await app.text(path);
      await app.command(circuit, "open");
      const before = await refusals(circuit);
      const during = await regenerate(app, path, async () => (await refusals(circuit)) > before);
      expect(during).toContain(`of ${circuit}`);
    },
    45_000,
  );
}
