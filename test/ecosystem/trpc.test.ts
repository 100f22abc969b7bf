import { createTRPCClient, httpBatchStreamLink, httpLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { beforeEach, describe, expect, test } from "vitest";
import { isCircuitOpenError } from "../../src/index.ts";
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
