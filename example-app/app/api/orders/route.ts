import { withProtego } from "next-protego";
import { breaker } from "../../../lib/breaker.ts";
import { shopFetch, shopUrl } from "../../../lib/shop.ts";

/** While the shop's circuit is open, the refusal leaves this handler as 503 with Retry-After. */
export const GET = withProtego(async () => {
  const response = await shopFetch(`${shopUrl}/orders`, { cache: "no-store" });
  if (!response.ok) return Response.json({ problem: "the shop API failed" }, { status: 502 });
  return Response.json(await response.json());
}, breaker);
