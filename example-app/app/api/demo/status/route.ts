import { type CircuitSnapshot, circuits } from "next-protego";
import { breaker } from "../../../../lib/breaker.ts";
import { shopCircuit, shopUrl } from "../../../../lib/shop.ts";
import type { Mode } from "../../../../upstream/mode.ts";

export interface Status {
  readonly circuits: readonly CircuitSnapshot[];
  readonly upstream: { readonly mode: Mode; readonly hits: number };
}

// A circuit is made at its first call. The home page shows them before.
for (const name of [shopCircuit.name, "GET /api/orders", "GET /api/payments"]) {
  if (!circuits.get(name)) circuits.register(name, breaker);
}

export async function GET(): Promise<Response> {
  const upstream = await fetch(`${shopUrl}/control`, { cache: "no-store" });
  return Response.json({ circuits: circuits.snapshot(), upstream: await upstream.json() } satisfies Status);
}
