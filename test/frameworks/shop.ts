import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Shop {
  readonly url: string;
  /** From now on every product is answered by 503. */
  readonly fail: () => void;
  readonly hits: () => number;
  readonly close: () => Promise<void>;
}

/** What the apps call: it has every product but 404, shows nobody 401, and fails when it is told to. */
export async function startShop(): Promise<Shop> {
  let isDown = false;
  let hits = 0;
  const server = createServer((request, response) => {
    hits++;
    const id = request.url!.split("/").at(-1)!;
    response.statusCode = isDown ? 503 : ["401", "404"].includes(id) ? Number(id) : 200;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ name: `product ${id}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: () => void (isDown = true),
    hits: () => hits,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
