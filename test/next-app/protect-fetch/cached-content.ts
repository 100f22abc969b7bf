import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { main } from "../harness/outputs.ts";
import { regenerate } from "../harness/regeneration.ts";
import { edgeRoute, page, type Place, refused, route } from "./told.ts";

const callers: Array<[string, Place]> = [
  ["a route", route],
  ["an edge route", edgeRoute],
  ["a page", page],
];

/** Of what a page or a route says, the words of the upstream. */
const answer = (text: string): string => /answer \d+ of [\w/-]+/.exec(text)?.[0] ?? `no answer in ${text}`;

export function cachedContent(app: () => App): void {
  const refusals = async (name: string): Promise<number> => (await app().circuit(name))?.totals.refused ?? 0;

  test("a static page is served while the circuit is open", async () => {
    await app().command("/static", "open");
    const hits = app().upstream.hits("/static");
    expect(main(await app().text("/static"))).toBe(`answer ${hits} of /static`);
    expect([app().upstream.hits("/static"), await refusals("/static")]).toEqual([hits, 0]);
  });

  test.each([
    ["an ISR page", "/isr", "/isr"],
    ["a page of the Pages Router with getStaticProps", "/old", "/old"],
    ["what unstable_cache holds", "/api/cached", "/cached"],
  ])(
    "%s keeps its content while open, sends nothing, and is fresh after",
    async (_, path, circuit) => {
      await app().text(path);
      await app().command(circuit, "open");
      const kept = answer(await app().text(path));
      const hits = app().upstream.hits(circuit);
      const before = await refusals(circuit);
      const during = await regenerate(app(), path, async () => (await refusals(circuit)) > before);
      expect(answer(during)).toBe(kept);
      expect(app().upstream.hits(circuit)).toBe(hits);
      await app().command(circuit, "close");
      const fresh = await regenerate(
        app(),
        path,
        async () => answer(await app().text(path)) === `answer ${hits + 1} of ${circuit}`,
      );
      expect(answer(fresh)).toMatch(/^answer/);
    },
    45_000,
  );

  test.each(callers)("a hit in %s is served while open, and counts nothing", async (name, call) => {
    const path = `/hit-in-${name.replaceAll(" ", "-")}`;
    await call(app(), `path=${path}&cache=force-cache`);
    app().upstream.set(path, 500);
    for (let count = 0; count < 2; count++) await call(app(), `path=${path}&cache=no-store`);
    expect(await call(app(), `path=${path}&cache=no-store`)).toMatchObject(refused);
    for (let count = 0; count < 3; count++) {
      expect(await call(app(), `path=${path}&cache=force-cache`)).toMatchObject({
        status: 200,
        body: `answer 1 of ${path}`,
      });
    }
    expect(app().upstream.hits(path)).toBe(3);
  });

  test.each([callers[0]!, callers[2]!])(
    "a stale entry in %s is served while open; its refresh behind the scenes is refused, not sent",
    async (name, call) => {
      const path = `/stale-in-${name.replaceAll(" ", "-")}`;
      await call(app(), `path=${path}&revalidate=1`);
      await app().command(path, "open");
      const deadline = performance.now() + 15_000;
      while ((await refusals(path)) === 0 && performance.now() < deadline) {
        expect(await call(app(), `path=${path}&revalidate=1`)).toMatchObject({ body: `answer 1 of ${path}` });
        await pause(150);
      }
      expect(await refusals(path)).toBeGreaterThan(0);
      expect(await call(app(), `path=${path}&revalidate=1`)).toMatchObject({ body: `answer 1 of ${path}` });
      expect(app().upstream.hits(path)).toBe(1);
    },
    30_000,
  );

  test.each(callers.slice(0, 1))("nothing of a refusal in %s is stored", async (_, call) => {
    await app().command("/never-stored", "open");
    expect(await call(app(), "path=/never-stored&cache=force-cache")).toMatchObject(refused);
    await app().command("/never-stored", "close");
    expect(await call(app(), "path=/never-stored&cache=force-cache")).toMatchObject({
      body: "answer 1 of /never-stored",
    });
  });

  test("'use cache' keeps its content until it revalidates, then throws the refusal's digest", async () => {
    const kept = main(await app().text("/use-cache"));
    expect(kept).toMatch(/^answer/);
    const hits = app().upstream.hits("/use-cache");
    await app().command("/use-cache", "open");
    await expect
      .poll(async () => main(await app().text("/use-cache")), { timeout: 15_000, interval: 150 })
      .toMatch(/^threw PROTEGO_CIRCUIT_OPEN;/);
    expect(app().upstream.hits("/use-cache")).toBe(hits);
    await app().command("/use-cache", "close");
    expect(main(await app().text("/use-cache"))).toBe(`answer ${hits + 1} of /use-cache`);
  }, 30_000);

  test("three components that make one call: one hit, one call counted", async () => {
    expect(await page(app(), "path=/thrice")).toMatchObject({ body: "answer 1 of /thrice" });
    expect(app().upstream.hits("/thrice")).toBe(1);
    expect(await app().circuit("/thrice")).toMatchObject({ totals: { allowed: 1, succeeded: 1 } });
    app().upstream.set("/thrice", 500);
    await page(app(), "path=/thrice");
    expect(await app().circuit("/thrice")).toMatchObject({ state: "closed", totals: { failed: 1 } });
  });
}
