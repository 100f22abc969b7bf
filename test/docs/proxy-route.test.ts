import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type * as Protego from "../../src/index.ts";
import { root } from "../package/packed.ts";
import { codeBlocks } from "./code-blocks.ts";

type Handler = (request: Request, context: { params: Promise<{ path: string[] }> }) => Promise<Response>;

/** How a route may hand on a visitor's request: as the recipe has it, and as everybody writes it first. */
const routes: Record<string, Handler> = {};
let protego: typeof Protego;
let upstream: Server;
let front: Server;
let route: Handler;
let hearAgain: () => void;
let seen: Array<{ url: string; method: string; headers: IncomingHttpHeaders; body: string }> = [];

beforeAll(async () => {
  hearAgain = deafTo("aborted");
  upstream = await listening(
    createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += String(part);
      seen.push({ url: request.url!, method: request.method!, headers: request.headers, body });
      response.writeHead(201, { "x-a": "b", connection: "close, x-hop", "x-hop": "1" }).end("made");
    }),
  );
  // As a framework makes a Request of what came: every header, and the body as a stream.
  front = await listening(
    createServer(async (incoming, outgoing) => {
      const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
        values!.map((value): [string, string] => [name, value]),
      );
      const hasBody = incoming.method !== "GET";
      const request = new Request(`http://front.test${incoming.url}`, {
        method: incoming.method!,
        headers,
        ...(hasBody && { body: Readable.toWeb(incoming) as never, duplex: "half" }),
      } as RequestInit);
      const path = new URL(request.url).pathname.slice(1).split("/").map(decodeURIComponent);
      const response = await route(request, { params: Promise.resolve({ path }) }).catch(() => undefined);
      if (!response) return void outgoing.writeHead(500).end();
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    }),
  );
  process.env.SHOP_API = `http://127.0.0.1:${portOf(upstream)}/api/`;
  const folder = join(root, "test/.work/proxy-route");
  rmSync(folder, { recursive: true, force: true });
  for (const { path, code } of codeBlocks("docs/backend-for-frontend.md").filter(({ path: file }) =>
    /\/\w/.test(file),
  )) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code);
  }
  const outfile = join(folder, "route.mjs");
  const entry = join(folder, "app/api/shop/[...path]/route.ts");
  await build({
    entryPoints: [entry],
    bundle: true,
    outfile,
    format: "esm",
    platform: "node",
    packages: "external",
  });
  routes["as the recipe has it"] = ((await import(pathToFileURL(outfile).href)) as { POST: Handler }).POST;
  protego = (await import(pathToFileURL(join(root, "dist/index.js")).href)) as typeof protego;
  const shopFetch = protego.createProtectedFetch({ name: "shop", timeout: "5s" });
  routes["with all headers and the body's stream"] = (request) => {
    const { method, headers, body } = request;
    return shopFetch(process.env.SHOP_API!, { method, headers, body, duplex: "half" } as RequestInit);
  };
  routes["as a Request of the visitor's"] = (request) =>
    shopFetch(new Request(process.env.SHOP_API!, request));
});

afterAll(async () => {
  delete process.env.SHOP_API;
  for (const server of [upstream, front]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve)); // oxlint-disable-line no-await-in-loop
  }
  hearAgain();
});

beforeEach(() => {
  seen = [];
});

/** Node's own fetch leaves a rejection behind when a body breaks that it was sending: not ours to hear. */
function deafTo(text: string): () => void {
  const heard = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error: unknown, promise) => {
    if ((error as Error).message !== text) for (const listener of heard) listener(error, promise);
  });
  return () => {
    process.removeAllListeners("unhandledRejection");
    for (const listener of heard) process.on("unhandledRejection", listener);
  };
}

function listening(server: Server): Promise<Server> {
  return new Promise((resolve) => void server.listen(0, "127.0.0.1", () => resolve(server)));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Sends what no client library would, and leaves when it has been answered, or at once. */
function send(lines: string[], body = "", leaves = false): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(portOf(front), "127.0.0.1", () => {
      socket.write(`${[...lines, "host: front.test"].join("\r\n")}\r\n\r\n${body}`, () => {
        if (leaves) setImmediate(() => socket.resetAndDestroy());
      });
    });
    socket.on("data", (data) => {
      text += String(data);
      if (/^HTTP\/1.1 [2-5]/m.test(text)) socket.end();
    });
    socket.on("error", () => {}).on("close", () => resolve(text));
  });
}

const hostile: Record<string, () => Promise<string>> = {
  Expect: () => send(["POST /carts HTTP/1.1", "expect: 100-continue", "content-length: 1"], "x"),
  Upgrade: () =>
    send(["POST /carts HTTP/1.1", "connection: upgrade", "upgrade: websocket", "content-length: 1"], "x"),
  "Keep-Alive, TE": () =>
    send(["POST /carts HTTP/1.1", "keep-alive: 5", "te: trailers", "content-length: 1"], "x"),
  "a chunked upload": () =>
    send(["POST /carts HTTP/1.1", "transfer-encoding: chunked"], "1\r\nx\r\n0\r\n\r\n"),
  "a chunked upload that breaks off": () =>
    send(["POST /carts HTTP/1.1", "transfer-encoding: chunked"], "1\r\nx\r\n", true),
  "an upload that is shorter than it says": () =>
    send(["POST /carts HTTP/1.1", "content-length: 9"], "x", true),
};

describe.each([
  "as the recipe has it",
  "with all headers and the body's stream",
  "as a Request of the visitor's",
])("a proxy route %s", (name) => {
  test.each(Object.keys(hostile))("is not closed to everybody by three requests with %s", async (what) => {
    route = routes[name]!;
    for (let visitor = 0; visitor < 3; visitor++) await hostile[what]!(); // oxlint-disable-line no-await-in-loop
    const circuit = protego.circuits.get("shop");
    await expect.poll(() => circuit?.snapshot().inFlight ?? 0).toBe(0);
    expect(circuit?.snapshot().totals.failed ?? 0).toBe(0);
    expect(circuit?.state ?? "closed").toBe("closed");
    route = routes["as the recipe has it"]!;
    expect(await send(["GET /carts HTTP/1.1"])).toMatch(/^HTTP\/1.1 201/);
  });
});

describe("the recipe's proxy route", () => {
  beforeEach(() => {
    route = routes["as the recipe has it"]!;
  });

  test("hands on path, query, method, headers and body, and nothing of the visitor's connection", async () => {
    const answer = await send(
      [
        "PUT /carts/7%2F8?a=b HTTP/1.1",
        "connection: x-hop, keep-alive",
        "x-hop: 1",
        "expect: 100-continue",
        "upgrade: h2c",
        "proxy-authorization: secret",
        "authorization: Bearer x",
        "content-type: text/plain",
        "content-length: 3",
      ],
      "abc",
    );
    expect(answer).toContain("HTTP/1.1 201");
    expect(answer).toMatch(/x-a: b\r\n/i);
    expect(answer).not.toMatch(/x-hop/i);
    const [{ url, method, headers, body }] = seen as [(typeof seen)[0]];
    expect({ url, method, body }).toEqual({ url: "/api/carts/7%2F8?a=b", method: "PUT", body: "abc" });
    expect(headers).toMatchObject({
      authorization: "Bearer x",
      "content-type": "text/plain",
      "content-length": "3",
    });
    for (const left of ["x-hop", "expect", "upgrade", "proxy-authorization"])
      expect(headers).not.toHaveProperty(left);
    expect(headers.host).toBe(new URL(process.env.SHOP_API!).host);
  });

  test("leads nowhere else", async () => {
    const params = Promise.resolve({ path: ["..", "secrets"] });
    expect((await route(new Request("http://front.test/"), { params })).status).toBe(404);
    expect(seen).toEqual([]);
  });

  test("takes no more than its bound", async () => {
    const lines = ["POST /carts HTTP/1.1", "content-length: 1000001"];
    expect(await send(lines, "x".repeat(1_000_001))).toMatch(/^HTTP\/1.1 413/);
    expect(seen).toEqual([]);
  });

  test("says when to come back while the circuit is open", async () => {
    protego.circuits.get("shop")!.open();
    expect(await send(["GET /carts HTTP/1.1"])).toMatch(/^HTTP\/1.1 503[^]*retry-after: \d+/i);
    protego.circuits.get("shop")!.close();
  });
});
