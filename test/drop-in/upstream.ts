import { createHash } from "node:crypto";
import { Agent, createServer as createHttpServer, get } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createRawServer, type AddressInfo, type Server, type Socket } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse, body: Promise<Buffer>) => unknown;
export type RawAnswer = (socket: Socket) => unknown;

/** One request as it came over the wire. */
export interface SeenRequest {
  readonly server: "first" | "second" | "raw";
  readonly head: readonly string[];
  body: string;
  ended: "complete" | "cut off" | "open";
}

const quietly = "/quiet";

/**
 * Two real HTTP servers and one that speaks whatever bytes it is told. A call says itself how its pages answer, so
 * that a server can also do things to the caller at the very moment when a request has come: nobody has to wait.
 */
export class Upstream {
  /** A reserved port that nobody listens on and fetch does not block. */
  readonly refused = "http://127.0.0.1:2/";
  seen: SeenRequest[] = [];
  #pages = new Map<string, Answer>();
  #rawAnswer: RawAnswer = (socket) => socket.destroy();
  #open = new Set<Promise<unknown>>();
  readonly #servers: Server[];
  readonly #sockets = new Set<Socket>();
  readonly #agent = new Agent({ keepAlive: true });

  constructor() {
    this.#servers = [this.#httpServer("first"), this.#httpServer("second"), this.#rawServer()];
    for (const server of this.#servers) {
      server.on("connection", (socket: Socket) => {
        this.#sockets.add(socket);
        socket.on("close", () => this.#sockets.delete(socket)).on("error", () => {});
      });
    }
  }

  async start(): Promise<this> {
    for (const server of this.#servers) {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    }
    return this;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve));
  }

  /** Forgets pages and requests of the call before. */
  begin(): void {
    this.seen = [];
    this.#pages = new Map();
    this.#open = new Set();
  }

  /** Until every request that came has been answered or given up, and none is on its way any more. */
  async quiet(): Promise<void> {
    // An aborted call may have sent its request all the same: what is asked now comes after it.
    await new Promise((resolve) => {
      get({ port: this.#port(0), path: quietly, agent: this.#agent }, (response) =>
        response.resume().on("end", resolve),
      );
    });
    await Promise.all(this.#open);
  }

  /** The URL of a page of the first server. */
  page(answer: Answer, path = "/page"): string {
    return this.#page(0, "first", answer, path);
  }

  /** The URL of a page on another origin. */
  elsewhere(answer: Answer, path = "/page"): string {
    return this.#page(1, "second", answer, path);
  }

  /** The URL behind which bytes are sent that need not be HTTP, once the head of a request has come. */
  raw(answer: RawAnswer): string {
    this.#rawAnswer = answer;
    return `http://127.0.0.1:${this.#port(2)}/raw`;
  }

  #page(server: 0 | 1, name: string, answer: Answer, path: string): string {
    this.#pages.set(name + path.replace(/[?#].*/, ""), answer);
    return `http://127.0.0.1:${this.#port(server)}${path}`;
  }

  #port(server: number): number {
    return (this.#servers[server]!.address() as AddressInfo).port;
  }

  #httpServer(name: "first" | "second"): Server {
    const server = createHttpServer((request, response) => {
      const { method, url, rawHeaders } = request;
      if (url === quietly) return void response.end();
      const boundary = /boundary=(\S+)/.exec(request.headers["content-type"] ?? "")?.[1];
      const plain = (text: string): string => (boundary ? text.replaceAll(boundary, "BOUNDARY") : text);
      const seen: SeenRequest = {
        server: name,
        head: [`${method} ${url}`, ...rawHeaders.map(plain)],
        body: "",
        ended: "open",
      };
      this.seen.push(seen);
      const body = collect(request).then((bytes) => {
        seen.ended = request.complete ? "complete" : "cut off";
        seen.body = readable(Buffer.from(plain(bytes.toString("latin1")), "latin1"));
        return bytes;
      });
      this.#open.add(Promise.all([body, new Promise((resolve) => response.on("close", resolve))]));
      response.sendDate = false;
      const answer =
        this.#pages.get(name + url!.replace(/\?.*/, "")) ?? (() => response.writeHead(404).end());
      answer(request, response, body);
    });
    // A connection that the server gives up at the moment when it is used again would be an accident.
    server.keepAliveTimeout = 0;
    return server;
  }

  #rawServer(): Server {
    return createRawServer({ allowHalfOpen: true }, (socket) => {
      let head = "";
      this.#open.add(new Promise((resolve) => socket.on("close", resolve)));
      socket.on("end", () => socket.end());
      socket.setEncoding("latin1").on("data", (text) => {
        // The first byte of TLS: no head will follow.
        if (String(text).startsWith("\u0016")) return void this.#rawAnswer(socket);
        const isNew = !head.includes("\r\n\r\n");
        head += String(text);
        if (!isNew || !head.includes("\r\n\r\n")) return;
        this.seen.push({ server: "raw", head: head.split("\r\n"), body: "", ended: "complete" });
        this.#rawAnswer(socket);
      });
    });
  }
}

/** What came until the end, or until the other side went away. */
function collect(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  return new Promise((resolve) => {
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("error", () => {});
    request.on("close", () => resolve(Buffer.concat(pieces)));
    request.on("end", () => resolve(Buffer.concat(pieces)));
  });
}

/** Short bodies as they are, long ones as a fingerprint. */
export function readable(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  if (buffer.length <= 2000) return buffer.toString("latin1");
  return `${buffer.length} bytes, sha256 ${createHash("sha256").update(buffer).digest("hex")}`;
}
