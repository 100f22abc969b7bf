import { type CircuitSnapshot, circuits } from "next-protego";
import { shopUrl } from "../../../../lib/shop.ts";
import type { Mode } from "../../../../upstream/mode.ts";

export interface Status {
  readonly circuits: readonly CircuitSnapshot[];
  readonly upstream: { readonly mode: Mode; readonly hits: number };
}

export async function GET(): Promise<Response> {
  const upstream = await fetch(`${shopUrl}/control`, { cache: "no-store" });
  return Response.json({ circuits: circuits.snapshot(), upstream: await upstream.json() } satisfies Status);
}
