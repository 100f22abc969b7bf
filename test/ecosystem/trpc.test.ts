import { createTRPCClient, httpBatchStreamLink, httpLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { beforeEach, describe, expect, test } from "vitest";
import { circuits, isCircuitOpenError, withProtego } from "../../src/index.ts";
import { fakeApi, refusalIn, rejectionOf } from "./fake-api.ts";

const api = fakeApi();
const t = initTRPC.create();
let release!: () => void;
const router = t.router({
  products: t.procedure.query(() => ["tea"]),
  parts: t.procedure.query(async function* () {
    yield "first";
    await new Promise<void>((resolve) => (release = resolve));
    yield "second";
  }),
});
const handler = createHTTPHandler({ router });

beforeEach(() => {
  api.handler = (request, response) => {
    response.removeHeader("content-type");
    handler(request, response);
  };
});

describe.each([
  ["httpLink", httpLink],
  ["httpBatchStreamLink", httpBatchStreamLink],
])("tRPC's %s", (_name, link) => {
  const load = () =>
    createTRPCClient<typeof router>({
      links: [(link as typeof httpLink)({ url: api.origin, fetch: api.fetch as never })],
    }).products.query();

  test("answers as ever", async () => {
    expect(await load()).toEqual(["tea"]);
  });

  test("its failures open the circuit", async () => {
    api.isDown = true;
    for (let i = 0; i < 2; i++) await load().catch(() => {});
    expect(api.state).toBe("open");
  });

  test("while open nothing is sent, and the refusal is found in its error", async () => {
    api.open();
    expect(isCircuitOpenError(refusalIn(await rejectionOf(load())))).toBe(true);
    expect(api.hits).toBe(0);
  });
});

test("tRPC streams part by part", async () => {
  const client = createTRPCClient<typeof router>({
    links: [httpBatchStreamLink({ url: api.origin, fetch: api.fetch as never })],
  });
  const parts: string[] = [];
  for await (const part of await client.parts.query()) {
    parts.push(part);
    if (parts.length === 1) release();
  }
  expect(parts).toEqual(["first", "second"]);
});

test("tRPC's handler inside of a wrapped route answers refusals itself, and the route's other procedures go on", async () => {
  const procedures = t.router({
    broken: t.procedure.query(async () => (await api.fetch(api.origin)).json()),
    fine: t.procedure.query(() => "fine"),
  });
  const GET = withProtego(
    (req: Request) => fetchRequestHandler({ endpoint: "/api/trpc", req, router: procedures }),
    { name: "trpc" },
  );
  const visit = (procedure: string) =>
    GET(new Request(`http://localhost/api/trpc/${procedure}`), { params: Promise.resolve({}) });
  api.open();
  for (let i = 0; i < 5; i++) {
    const response = await visit("broken");
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { data: { code: "INTERNAL_SERVER_ERROR" } } });
  }
  expect(await (await visit("fine")).json()).toEqual({ result: { data: "fine" } });
  expect(circuits.get("trpc")!.snapshot().totals).toMatchObject({ failed: 0, ignored: 5, succeeded: 1 });
});
