import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Upstream } from "./suite/check.ts";

/** Something another request can wait for, whoever comes first. */
class Moments {
  readonly #moments = new Map<string, { promise: Promise<void>; resolve: () => void }>();

  of(name: string): { promise: Promise<void>; resolve: () => void } {
    let moment = this.#moments.get(name);
    if (moment === undefined) {
      let resolve!: () => void;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#moments.set(name, (moment = { promise, resolve }));
    }
    return moment;
  }
}

export interface RunningUpstream extends Upstream {
  close(): Promise<void>;
}

/**
 * A real server, told by the path what to do. `/arrived`, `/closed` and `/release` let a test wait for, or
 * bring about, moments of another request of the same `id`, so that no check has to sleep.
 */
function upstreamServer(database: Upstream["database"]): Server {
  const hits = new Map<string, number>();
  const moments = new Moments();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, "http://localhost");
    const id = searchParams.get("id") ?? "";
    const [action = "", status = ""] = pathname.slice(1).split("/");
    // For pages of another origin, in a browser.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*");
    response.setHeader("access-control-allow-methods", "*");
    response.setHeader("access-control-expose-headers", "*");
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    if (action !== "hits") hits.set(id, (hits.get(id) ?? 0) + 1);
    switch (action) {
      case "status":
        return void response.writeHead(Number(status)).end();
      case "say":
        return void response.end(status);
      case "echo": {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const { method, headers } = request;
        response.setHeader("content-type", "application/json");
        return void response.end(JSON.stringify({ method, headers, body: Buffer.concat(pieces).toString() }));
      }
      case "hang":
        response.on("close", () => moments.of(`closed ${id}`).resolve());
        return moments.of(`arrived ${id}`).resolve();
      case "stream":
        response.write("start ");
        moments.of(`arrived ${id}`).resolve();
        await moments.of(`release ${id}`).promise;
        return void response.end("end");
      case "part":
        response.on("close", () => moments.of(`closed ${id}`).resolve());
        return void response.write("start ");
      case "cut":
        response.writeHead(200, { "content-length": "100" }).write("start ");
        await moments.of(`release ${id}`).promise;
        return void response.destroy();
      case "hold":
        moments.of(`arrived ${id}`).resolve();
        await moments.of(`release ${id}`).promise;
        return void response.writeHead(Number(status)).end();
      case "arrived":
      case "closed":
        await moments.of(`${action} ${id}`).promise;
        return void response.end(action);
      case "release":
        moments.of(`release ${id}`).resolve();
        return void response.end();
      case "reset":
        return void request.socket.resetAndDestroy();
      case "flip":
        return void response.writeHead((hits.get(id) ?? 0) > 1 ? 503 : 200).end("good");
      case "retry-after":
        return void response.writeHead(503, { "retry-after": status }).end();
      case "redirect":
        return void response.writeHead(302, { location: "/say/arrived" }).end();
      case "database": {
        // As a browser may ask for it, on the page's own origin.
        if ("missing" in database) break;
        const { method, headers } = request;
        const sent = { method, headers: { authorization: headers.authorization }, body: await text(request) };
        const answered = await fetch(`${database.url}/${status}`, sent as RequestInit);
        return void response.writeHead(answered.status).end(await answered.text());
      }
      case "page":
        return void response
          .writeHead(200, { "content-type": "text/html" })
          .end("<!doctype html><title>suite</title>");
      case "hits":
        return void response.end(String(hits.get(id) ?? 0));
    }
    response.writeHead(404).end();
  }
  return createServer((request, response) => void answer(request, response));
}

/** @param database what the checks of sharing are given, where there is one */
export async function startUpstream(
  database: Upstream["database"] = { missing: "no database was started" },
): Promise<RunningUpstream> {
  const servers = [upstreamServer(database), upstreamServer(database)];
  const [url, otherUrl] = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  return {
    url: url!,
    otherUrl: otherUrl!,
    // A reserved port that nobody uses and fetch does not block.
    refusedUrl: "http://127.0.0.1:2/",
    database,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
