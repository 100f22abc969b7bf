import { connection } from "next/server";
import { readShop, shopFetch, shopUrl } from "../../lib/shop.ts";
import { GoodsPage } from "../_goods/goods-page.tsx";

export default async function Catalog() {
  await connection();
  const catalog = await readShop(await shopFetch(`${shopUrl}/catalog`, { cache: "force-cache" }));
  return (
    <GoodsPage title="Catalog" data={catalog}>
      <p>
        Rendered for this very visit, from an answer in Next&apos;s data cache: no call, open circuit or not.
      </p>
    </GoodsPage>
  );
}
