import { readShop, shopFetch, shopUrl } from "../../lib/shop.ts";
import { GoodsPage } from "../_goods/goods-page.tsx";

export const revalidate = 5;

export default async function Prices() {
  const prices = await readShop(await shopFetch(`${shopUrl}/prices`));
  return (
    <GoodsPage title="Prices" data={prices}>
      <p>A static page, made anew every 5 s at most. While that fails, the last good page stays.</p>
    </GoodsPage>
  );
}
