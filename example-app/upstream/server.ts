import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { goods } from "./goods.ts";
import { isMode, type Mode } from "./mode.ts";

export interface Upstream {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The service that the app depends on: a small shop API. `GET /control` tells its mode and how many calls it got,
 * `PUT /control` sets the mode; control calls are not counted.
 */
export async function startUpstream(port: number): Promise<Upstream> {
  let mode: Mode = "healthy";
  let hits = 0;
  const waiting = new Set<ServerResponse>();

  const server = createServer(async (request, response) => {
    if (request.url === "/control") {
      if (request.method === "PUT") {
        const asked = await text(request);
        if (!isMode(asked)) return send(response, 400, { problem: "no such mode" });
        mode = asked;
        for (const hung of waiting) hung.destroy();
      }
      return send(response, 200, { mode, hits });
    }
    hits++;
    answer(mode, request, response, hits, waiting);
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  mode: Mode,
  request: IncomingMessage,
  response: ServerResponse,
  hit: number,
  waiting: Set<ServerResponse>,
): void {
  const good = { answer: hit, at: new Date().toISOString(), items: goods };
  if (mode === "healthy") return send(response, 200, good);
  if (mode === "failing") return send(response, 500, { problem: "the shop is on fire" });
  if (mode === "limiting") return send(response, 429, { problem: "too many calls" }, { "retry-after": "5" });
  if (mode === "dying") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"answer":', () => response.destroy());
    return;
  }
  waiting.add(response);
  response.once("close", () => waiting.delete(response));
  if (mode === "slow") {
    const timer = setTimeout(() => send(response, 200, good), 2000);
    request.once("close", () => response.destroyed && clearTimeout(timer));
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
}
