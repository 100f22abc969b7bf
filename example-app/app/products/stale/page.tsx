import { connection } from "next/server";
import { productsOrStale } from "../../../lib/products-or-stale.ts";
import { GoodsPage } from "../../_goods/goods-page.tsx";

export default async function ProductsOrStale() {
  await connection();
  const products = await productsOrStale();
  return (
    <GoodsPage title="Products, stale if need be" data={products}>
      {products.stale ? (
        <p className="stale" data-stale>
          <b>Stale:</b> the shop API is not asked at the moment; these are the products as they were last
          read.
        </p>
      ) : (
        <p>Read from the shop API for this very visit. While the circuit is open, the last good answer.</p>
      )}
    </GoodsPage>
  );
}
