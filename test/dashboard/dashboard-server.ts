import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { Dashboard } from "../../src/dashboard.ts";

/** Serves a dashboard as Next's catch-all route `app/protego/[[...path]]/route.ts` would, over the wire. */
export async function serveDashboard(
  dashboard: Dashboard,
): Promise<{ url: string; origin: string; cutConnections(): void; stop(): void }> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const origin = `http://${incoming.headers.host}`;
      const left = new AbortController();
      outgoing.on("close", () => left.abort());
      const request = new Request(new URL(incoming.url!, origin), {
        method: incoming.method!,
        headers: Object.entries(incoming.headers).flatMap(([name, value]) =>
          [value ?? []].flat().map((each) => [name, each] as [string, string]),
        ),
        signal: left.signal,
      });
      const path = new URL(request.url).pathname.split("/").slice(2).filter(Boolean);
      const method = request.method === "POST" ? dashboard.POST : dashboard.GET;
      const response = await method(request, { params: Promise.resolve({ path }) });
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (!response.body) return void outgoing.end();
      const body = Readable.fromWeb(response.body as ReadableStream);
      outgoing.on("close", () => body.destroy());
      body.on("error", () => {});
      body.pipe(outgoing);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/protego`,
    cutConnections: () => server.closeAllConnections(),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
