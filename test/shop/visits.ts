import { outcomeOf, type Outcome } from "./outcome.ts";
import { type NextServer } from "../next-app/harness/next-server.ts";
import type { Health, ShopApi } from "./shop-api.ts";

/** What visitors of a shop ask for, and what a page must show to be good. */
export const pages = [
  { path: "/", shows: "Boot" },
  { path: "/category/shoes", shows: "Boot" },
  { path: "/product/boot", shows: "7 left" },
  { path: "/search?q=boot", shows: "2 found" },
  { path: "/cart", shows: "1 in the cart" },
  { path: "/sitemap.xml", shows: "product/boot" },
  { path: "/opengraph-image", shows: "" },
] as const;

export type Page = (typeof pages)[number];

export interface Visits {
  readonly page: Page;
  readonly outcomes: readonly Outcome[];
}

/** So many visits of each page, one after the other, the pages side by side. */
export async function visit(
  { url }: NextServer,
  api: ShopApi,
  health: Health,
  asked: readonly Page[],
  count: number,
): Promise<{ visits: Visits[]; calls: number }> {
  api.health = health;
  api.calls = 0;
  const visits = await Promise.all(
    asked.map(async (page) => {
      const outcomes: Outcome[] = [];
      for (let visits = 0; visits < count; visits++) outcomes.push(await outcomeOf(url, page));
      return { page, outcomes };
    }),
  );
  return { visits, calls: api.calls };
}
