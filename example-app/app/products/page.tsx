import { readShop, shopFetch, shopUrl } from "../../lib/shop.ts";
import { GoodsPage } from "../_goods/goods-page.tsx";

export default async function Products() {
  const products = await readShop(await shopFetch(`${shopUrl}/products`, { cache: "no-store" }));
  return (
    <GoodsPage title="Products" data={products}>
      <p>Read from the shop API for this very visit. When it cannot be read, error.tsx speaks.</p>
    </GoodsPage>
  );
}
