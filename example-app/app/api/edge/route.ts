import { circuits, withProtego } from "next-protego";
import { breaker } from "../../../lib/breaker.ts";
import { shopFetch, shopOptions, shopUrl } from "../../../lib/shop.ts";

export const runtime = "edge";

/** An edge function is an isolate of its own: what the Node.js routes know it knows through the store alone. */
export const GET = withProtego(async () => {
  const response = await shopFetch(`${shopUrl}/edge`, { cache: "no-store" });
  const circuit = circuits.get(shopOptions.name)?.state;
  if (!response.ok) return Response.json({ problem: "the shop API failed", circuit }, { status: 502 });
  return Response.json({ ...(await response.json()), circuit });
}, breaker);
