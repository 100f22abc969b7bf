import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

/** A real upstream that a test can take down, and a protected fetch for it. */
export class FakeApi {
  isDown = false;
  hits = 0;
  handler: Handler = (_, response) => response.end("{}");
  readonly #server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      this.hits++;
      response.setHeader("content-type", "application/json");
      if (this.isDown) response.writeHead(500).end('{"error":"down"}');
      else this.handler(request, response, body);
    });
  });

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The fetch that is handed to the library. */
  readonly fetch = createProtectedFetch({ name: "api", failureThreshold: 2 });

  get state(): string | undefined {
    return circuits.get("api")?.state;
  }

  open(): void {
    circuits.register("api").open();
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export function fakeApi(): FakeApi {
  const api = new FakeApi();
  beforeAll(() => api.start());
  beforeEach(() => {
    resetCircuits();
    api.isDown = false;
    api.hits = 0;
  });
  afterAll(() => api.stop());
  return api;
}

/** The refusal in an error or in what caused it: libraries wrap what fetch throws. */
export function refusalIn(error: unknown): unknown {
  for (let each = error; each; each = (each as Error).cause) {
    const { name, digest } = each as { name?: string; digest?: string };
    if (name === "CircuitOpenError" || digest?.startsWith("PROTEGO_")) return each;
  }
  return undefined;
}

export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It was fulfilled.");
}
