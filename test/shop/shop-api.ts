import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const healths = ["healthy", "slow", "failing", "hanging", "half dead"] as const;
export type Health = (typeof healths)[number];

export interface ShopApi {
  readonly url: string;
  health: Health;
  /** Calls that have arrived. */
  calls: number;
  close(): Promise<void>;
}

const usualMs = 20;
const slowMs = 1500;

/** The API behind the shop, as healthy as it is told to be. */
export async function startShopApi(): Promise<ShopApi> {
  const server = createServer((request, response) => {
    api.calls += 1;
    answer(response, api.health, api.calls, new URL(request.url!, "http://shop").pathname);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const api: ShopApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    health: "healthy",
    calls: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}

function answer(response: ServerResponse, health: Health, call: number, path: string): void {
  // Half dead: of two machines behind a balancer one has died, and nobody has noticed.
  if (health === "hanging" || (health === "half dead" && call % 2 === 0)) return;
  const isFailing = health === "failing";
  response.statusCode = isFailing ? 500 : 200;
  const text = JSON.stringify(isFailing ? { error: "out of order" } : goods(path));
  setTimeout(() => response.end(text), health === "slow" ? slowMs : usualMs);
}

function goods(path: string): unknown {
  const product = { slug: "boot", title: "Boot", cents: 9900 };
  if (path === "/categories") return ["new", "shoes"];
  if (path.endsWith("/stock")) return { left: 7 };
  if (path.startsWith("/carts")) return { id: "c1", lines: [{ slug: "boot", count: 1 }] };
  if (path.startsWith("/products/")) return product;
  return [product, { slug: "sandal", title: "Sandal", cents: 4900 }];
}
