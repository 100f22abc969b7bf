import { type CircuitSnapshot, circuits } from "next-protego";
import { ownRegion, regions } from "../../../../lib/regions.ts";
import { shopUrl } from "../../../../lib/shop.ts";
import type { Mode } from "../../../../upstream/mode.ts";

export interface Region {
  readonly name: string;
  readonly circuits: readonly CircuitSnapshot[];
}

export interface Status {
  /** Of this region. */
  readonly circuits: readonly CircuitSnapshot[];
  /** Every region's own view, this one's first. */
  readonly regions: readonly Region[];
  readonly upstream: { readonly mode: Mode; readonly hits: number };
  /** What the shared store was asked, and what Upstash would bill for it. */
  readonly store: { readonly requests: number; readonly commands: number } | undefined;
}

export async function GET(request: Request): Promise<Response> {
  const own = { name: ownRegion, circuits: circuits.snapshot() };
  if (new URL(request.url).searchParams.has("own")) return Response.json(own);
  const [upstream, store, ...others] = await Promise.all([
    read<Status["upstream"]>(`${shopUrl}/control`),
    process.env.STORE_METER_URL && read<NonNullable<Status["store"]>>(process.env.STORE_METER_URL),
    ...regions
      .filter(({ name }) => name !== ownRegion)
      .map(({ url }) => read<Region>(`${url}/api/demo/status?own`)),
  ]);
  const all = { circuits: own.circuits, regions: [own, ...others], upstream, store: store || undefined };
  return Response.json(all satisfies Status);
}

async function read<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url, { cache: "no-store" });
  return (await response.json()) as Answer;
}
