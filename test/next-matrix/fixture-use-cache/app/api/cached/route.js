import { withProtego } from "next-protego";
import { shop, shopFetch } from "../../../lib/shop";

export const dynamic = "force-dynamic";

async function cached() {
  "use cache";
  const response = await shopFetch(`${shop}/cached`);
  if (!response.ok) throw new Error(`cached: HTTP ${response.status}`);
  return response.text();
}

export const GET = withProtego(async () => new Response(await cached()));
