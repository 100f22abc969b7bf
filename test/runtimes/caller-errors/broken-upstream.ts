import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { selfSigned } from "./certificate.ts";
import type { Upstream } from "./calls.ts";

export interface BrokenUpstream extends Upstream {
  close(): Promise<void>;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  switch (request.url ?? "/") {
    case "/redirect":
      return void response.writeHead(302, { location: "/" }).end();
    case "/circle":
      return void response.writeHead(302, { location: "/circle" }).end();
    case "/nowhere":
      return void response.writeHead(302, { location: "http://" }).end();
    case "/hang":
      return;
    case "/reset":
      return void socket.resetAndDestroy();
    case "/close":
      return void socket.destroy();
    case "/nonsense":
      return void socket.end("SSH-2.0-OpenSSH\r\n\r\n");
    case "/part":
      return void socket.end("HTTP/1.1 200 OK\r\ncontent-");
    case "/overflow":
      return void socket.end(`HTTP/1.1 200 OK\r\na: ${"x".repeat(2_000_000)}\r\n\r\n`);
    case "/page":
      return void response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
    default:
      request.resume().on("end", () => response.end("ok"));
  }
}

/** Told by the path how to break. */
export async function startBrokenUpstream(): Promise<BrokenUpstream> {
  const plain = createServer(answer);
  const tls = createTlsServer(selfSigned(), answer);
  // A client that leaves in the middle is what is tested.
  for (const server of [plain, tls]) server.on("clientError", (_error, socket) => socket.destroy());
  const ports = await Promise.all([plain, tls].map(listen));
  return {
    origin: `http://127.0.0.1:${ports[0]}`,
    untrustedOrigin: `https://127.0.0.1:${ports[1]}`,
    refusedOrigin: "http://127.0.0.1:2",
    async close() {
      for (const server of [plain, tls]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve)); // oxlint-disable-line no-await-in-loop
      }
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
}
