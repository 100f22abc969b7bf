import { shop, shopFetch } from "../../lib/shop";

export async function cached(path) {
  "use cache";
  const response = await shopFetch(shop + path);
  if (!response.ok) throw new Error(`cached: HTTP ${response.status}`);
  return response.text();
}
