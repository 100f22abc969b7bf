import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Build, buildFixture, prepareFixture } from "../next-app/harness/fixture.ts";
import { type NextServer, startNext } from "../next-app/harness/next-server.ts";
import type { Outcome } from "./outcome.ts";
import { type ShopApi, startShopApi } from "./shop-api.ts";
import { pages, visit } from "./visits.ts";

let api: ShopApi;
let folder: string;
let build: Build;
let server: NextServer;

beforeAll(async () => {
  api = await startShopApi();
  folder = await prepareFixture("shop", "shop-test");
  build = await buildFixture(folder, { SHOP_API: api.url });
  if (build.exitCode !== 0) throw new Error(build.output);
}, 240_000);
afterAll(async () => {
  await server?.stop();
  await api?.close();
});

async function shopOpens(): Promise<void> {
  await server?.stop();
  api.health = "healthy";
  server = await startNext(folder, { SHOP_API: api.url, PROTECTED: "yes" });
}

const cached = pages.filter(({ path }) => ["/", "/category/shoes", "/sitemap.xml"].includes(path));
const personal = pages.filter(({ path }) => ["/search?q=boot", "/cart"].includes(path));

function good(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ isGood }) => isGood).length;
}

test("its pages are static, or static with holes", () => {
  const marks = Object.fromEntries([...build.routes].map(([path, { mark }]) => [path, mark]));
  expect(marks).toMatchObject({ "/": "○", "/cart": "◐", "/search": "◐", "/sitemap.xml": "○" });
});

describe("the shop with one line", () => {
  test("is as it was while the API is healthy", async () => {
    await shopOpens();
    const { visits } = await visit(server, api, "healthy", pages, 2);
    for (const { outcomes } of visits) expect(good(outcomes)).toBe(2);
  });

  test.each(["failing", "hanging"] as const)(
    "while the API is %s: cached pages stay good, the others are refused at once and say so, and the API is left alone",
    async (health) => {
      await shopOpens();
      const first = await visit(server, api, health, personal, 2);
      expect(first.visits.flatMap(({ outcomes }) => outcomes).map(({ isGood }) => isGood)).not.toContain(
        true,
      );
      const { visits, calls } = await visit(server, api, health, [...cached, ...personal], 3);
      for (const { page, outcomes } of visits) {
        const isCached = cached.includes(page);
        expect([page.path, good(outcomes)]).toEqual([page.path, isCached ? 3 : 0]);
        expect(outcomes.every(({ isRefusal }) => isRefusal)).toBe(!isCached);
      }
      expect(calls).toBe(0);
    },
  );
});
