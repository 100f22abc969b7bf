import { createProtectedFetch } from "next-protego";
import { readShop, shopOptions, type ShopAnswer, shopUrl } from "./shop.ts";

let lastGood: ShopAnswer | undefined;

const fetchOrLastGood = createProtectedFetch({
  ...shopOptions,
  fallback: ({ error }) => {
    if (lastGood === undefined) throw error;
    return Response.json(lastGood, { headers: { "x-stale": "1" } });
  },
});

/** The products; while the circuit is open those that were read last, marked as stale. */
export async function productsOrStale(): Promise<ShopAnswer & { stale: boolean }> {
  const response = await fetchOrLastGood(`${shopUrl}/products`, { cache: "no-store" });
  const products = await readShop(response);
  lastGood = products;
  return { ...products, stale: response.headers.has("x-stale") };
}
