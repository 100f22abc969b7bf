import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import express, { type RequestHandler } from "express";
import { Hono, type MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";
import { codeBlocks } from "../docs/code-blocks.ts";
import { root } from "../package/packed.ts";

/** The middleware as the recipes show it, over the built package: circuits are the same ones, whichever copy asks. */
async function shown<Middleware>(path: string): Promise<(name: string) => Middleware> {
  const block = codeBlocks("docs/recipes.md").find((each) => each.path === path)!;
  expect(block.code.split("\n").filter((line) => !/^(?:\/\/|import|$)/.test(line)).length).toBeLessThan(20);
  const file = join(root, "test/.work/middleware", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, block.code);
  const { behindCircuit } = (await import(pathToFileURL(file).href)) as {
    behindCircuit: (name: string) => Middleware;
  };
  return behindCircuit;
}

const outcomes = {
  good: { status: 200, counts: { succeeded: 1 } },
  missing: { status: 404, counts: { succeeded: 1 } },
  unauthorized: { status: 401, counts: { succeeded: 1 } },
  broken: { status: 503, counts: { failed: 1 } },
  thrown: { status: 500, counts: { failed: 1 } },
} as const;

type Outcome = keyof typeof outcomes;

beforeEach(resetCircuits);

const snapshot = () => circuits.get("orders")!.snapshot();

function holds(get: (what: Outcome) => Promise<Response>): void {
  test.each(Object.keys(outcomes) as Outcome[])("an answer that is %s counts as it should", async (what) => {
    const { status, counts } = outcomes[what];
    expect((await get(what)).status).toBe(status);
    await vi.waitFor(() => expect(snapshot().inFlight).toBe(0));
    expect(snapshot().totals).toMatchObject({ allowed: 1, succeeded: 0, failed: 0, ...counts });
  });

  test("after failures in a row it answers 503 with Retry-After, and calls nobody", async () => {
    for (const what of ["broken", "thrown", "broken"] as const) {
      // oxlint-disable-next-line no-await-in-loop
      await get(what);
      // oxlint-disable-next-line no-await-in-loop
      await vi.waitFor(() => expect(snapshot().inFlight).toBe(0));
    }
    const refused = await get("good");
    expect([refused.status, refused.headers.get("retry-after"), await refused.text()]).toEqual([
      503,
      "60",
      "Please try again soon.",
    ]);
    expect(snapshot().totals).toMatchObject({ allowed: 3, refused: 1 });
    circuits.get("orders")!.halfOpen();
    for (let trial = 0; trial < 2; trial++) {
      // oxlint-disable-next-line no-await-in-loop
      expect((await get("good")).status).toBe(200);
      // oxlint-disable-next-line no-await-in-loop
      await vi.waitFor(() => expect(snapshot().inFlight).toBe(0));
    }
    expect(snapshot().state).toBe("closed");
  });
}

describe("the middleware for Hono", async () => {
  const behindCircuit = await shown<MiddlewareHandler>("middleware/hono.ts");
  const app = new Hono();
  app.use("/orders/*", behindCircuit("orders"));
  app.onError((error) =>
    error instanceof HTTPException ? error.getResponse() : new Response("", { status: 500 }),
  );
  app.get("/orders/good", (context) => context.text("good"));
  app.get("/orders/missing", (context) => context.notFound());
  app.get("/orders/broken", (context) => context.text("broken", 503));
  app.get("/orders/unauthorized", () => {
    throw new HTTPException(401);
  });
  app.get("/orders/thrown", () => {
    throw new Error("a handler's own");
  });
  holds(async (what) => app.request(`/orders/${what}`));

  test("shows operators what was thrown", async () => {
    await app.request("/orders/thrown");
    expect(snapshot().lastFailure).toBe("Error: a handler's own");
  });
});

describe("the middleware for Express", async () => {
  const behindCircuit = await shown<RequestHandler>("middleware/express.ts");
  const app = express();
  app.use("/orders", behindCircuit("orders"));
  app.get("/orders/good", (_, response) => void response.send("good"));
  app.get("/orders/unauthorized", (_, response) => void response.sendStatus(401));
  app.get("/orders/broken", (_, response) => void response.sendStatus(503));
  app.get("/orders/thrown", () => {
    throw new Error("a handler's own");
  });
  app.get("/orders/hangs", () => {});
  app.use(
    ((_error, _request, response, _next) => void response.sendStatus(500)) as express.ErrorRequestHandler,
  );

  const server: Server = createServer(app as never);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = (path: string): string =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders/${path}`;
  holds((what) => fetch(url(what)));

  test("a visitor who leaves counts for nothing", async () => {
    const controller = new AbortController();
    const left = fetch(url("hangs"), { signal: controller.signal }).catch(() => {});
    await vi.waitFor(() => expect(snapshot().inFlight).toBe(1));
    controller.abort();
    await left;
    await vi.waitFor(() => expect(snapshot().inFlight).toBe(0));
    expect(snapshot().totals).toMatchObject({ ignored: 1, failed: 0 });
  });
});
