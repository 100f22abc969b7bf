import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { NextApiHandler, NextApiRequest, NextApiResponse } from "next";
import { afterAll, beforeAll } from "vitest";

/** Serves an API route of the Pages Router over the wire, with the part of Next's response that routes use. */
export class ApiServer {
  handler: NextApiHandler = (_, response) => response.end();
  /** What the handler threw: Next answers 500 where nothing has been sent. */
  thrown: unknown[] = [];
  readonly #server: Server = createServer((request, response) => {
    const api = Object.assign(response, {
      status: (code: number) => Object.assign(api, { statusCode: code }),
      send: (body: string) => void api.end(body),
      json: (body: unknown) => void api.end(JSON.stringify(body)),
    }) as unknown as NextApiResponse;
    Promise.resolve(this.handler(request as NextApiRequest, api)).catch((error: unknown) => {
      this.thrown.push(error);
      if (!api.headersSent) api.statusCode = 500;
      api.end();
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/orders`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  stop(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

export function apiServer(): ApiServer {
  const server = new ApiServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  return server;
}
