import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A real server of the test file that calls this, on a port of its own. */
export class LoopbackServer {
  /** How the next requests are answered; `/status/503` answers by itself. */
  answer: Answer = statusOfPath;
  hits = 0;
  readonly #server: Server = createServer((request, response) => {
    this.hits++;
    return this.answer(request, response);
  });

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  status(status: number): string {
    return `${this.origin}/status/${status}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  stop(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

export function loopbackServer(): LoopbackServer {
  const server = new LoopbackServer();
  beforeAll(() => server.start());
  beforeEach(() => {
    server.answer = statusOfPath;
    server.hits = 0;
  });
  afterAll(() => server.stop());
  return server;
}

/** A reserved port that nobody listens on, and that fetch does not block. */
export const refusedUrl = "http://127.0.0.1:2/";

function statusOfPath(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(Number(request.url!.replace("/status/", "")) || 200).end();
}
