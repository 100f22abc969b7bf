import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gql } from "@apollo/client";
import type { QueryClient } from "@tanstack/query-core";
import { createTRPCClient, httpBatchStreamLink } from "@trpc/client";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { generateText } from "ai";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { codeBlocks } from "../docs/code-blocks.ts";
import { root } from "../package/packed.ts";
import { answerAsEveryApi } from "./every-api.ts";
import { fakeApi, rejectionOf } from "./fake-api.ts";
import { sdks } from "./sdks.ts";

const api = fakeApi();
const folder = join(root, "test/.work/sdks");

/** The recipes of docs/sdks.md, as they stand there. */
beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, code } of codeBlocks("docs/sdks.md").filter((each) => each.path.startsWith("lib/"))) {
    const onSource = code
      .replaceAll('from "next-protego"', `from "${root}/src/index.ts"`)
      .replaceAll('from "next-protego/options"', `from "${root}/src/options.ts"`);
    writeFileSync(join(folder, basename(path)), onSource);
  }
  vi.stubEnv("OPENAI_API_KEY", "key");
  vi.stubEnv("STRIPE_SECRET_KEY", "sk_test_1");
  vi.stubEnv("SUPABASE_ANON_KEY", "key");
});
afterAll(() => void vi.unstubAllEnvs());
beforeEach(() => void (api.handler = answerAsEveryApi));

// oxlint-disable-next-line typescript/no-explicit-any -- what the compiler checks of them is in test/docs
type Exported = Record<string, (...given: any[]) => any>;

async function recipe(name: string): Promise<Exported> {
  return (await import(/* @vite-ignore */ join(folder, `${name}.ts`))) as Exported;
}

const messages = [{ role: "user", content: "What do you have?" }];
const query = "query Products { products }";

async function urqlProducts({ urql }: Exported): Promise<unknown> {
  const { data, error } = await urql!(`${api.origin}/graphql`).query(query, {}).toPromise();
  if (error) throw error as Error;
  return data.products;
}

const graphqlClients: Array<[name: string, load: (from: Exported) => Promise<unknown>]> = [
  [
    "graphql-request",
    async ({ graphql }) => (await graphql!(`${api.origin}/graphql`).request(query)).products,
  ],
  ["urql", urqlProducts],
  [
    "Apollo",
    async ({ apollo }) => (await apollo!(`${api.origin}/graphql`).query({ query: gql(query) })).data.products,
  ],
];

const whole = { products: ["tea"] };

const recipes: Array<
  [name: string, file: string, circuit: string, answer: unknown, load: (from: Exported) => Promise<unknown>]
> = [
  ["ky", "ky", "api", whole, ({ listProducts }) => listProducts!(api.origin)],
  ["ofetch", "ofetch", "api", whole, ({ listProducts }) => listProducts!(api.origin)],
  ["axios", "axios", "api", whole, ({ listProducts }) => listProducts!(api.origin)],
  ["openapi-fetch", "openapi", "api", whole, ({ listProducts }) => listProducts!(api.origin)],
  [
    "OpenAI",
    "openai",
    "billing",
    "tea",
    async ({ openai }) =>
      (await openai!(api.origin).chat.completions.create({ model: "test", messages })).choices[0].message
        .content,
  ],
  [
    "AI SDK",
    "ai",
    "api",
    "tea",
    async ({ provider }) =>
      (await generateText({ model: provider!(api.origin).chatModel("test"), prompt: "?" })).text,
  ],
  [
    "Stripe",
    "stripe",
    "billing",
    "tea",
    async ({ stripe }) => {
      const { hostname: host, port } = new URL(api.origin);
      const client = stripe!({ host, port, protocol: "http", telemetry: false });
      return (await client.products.retrieve("tea")).name;
    },
  ],
  ["supabase-js", "supabase", "billing", ["tea"], ({ listProducts }) => listProducts!(api.origin)],
  [
    "Octokit",
    "octokit",
    "billing",
    "tea",
    async ({ octokit }) => (await octokit!(api.origin).rest.orgs.get({ org: "tea" })).data.login,
  ],
  ...graphqlClients.map(
    ([name, load]) => [name, "graphql-clients", "graphql", ["tea"], load] as (typeof recipes)[number],
  ),
  ["tRPC", "trpc", "trpc", ["tea"], ({ trpc }) => trpc!(`${api.origin}/trpc`).products.query()],
];

describe.each(recipes)("the recipe for %s", (_name, file, circuit, answer, load) => {
  test("answers", async () => {
    expect(await load(await recipe(file))).toEqual(answer);
    await expect.poll(() => circuits.get(circuit)!.snapshot().totals).toMatchObject({ succeeded: 1 });
  });

  test("throws a refusal after one attempt", async () => {
    const from = await recipe(file);
    circuits.register(circuit).open();
    await rejectionOf(load(from));
    expect(api.hits).toBe(0);
    expect(circuits.get(circuit)!.snapshot().totals).toMatchObject({ refused: 1 });
  });

  test("throws an answer of 400: it checks", async () => {
    api.handler = (_, response) => response.writeHead(400).end('{"error":{"message":"no"}}');
    await rejectionOf(load(await recipe(file)));
    expect(circuits.get(circuit)!.state).toBe("closed");
    expect(api.hits).toBe(1);
  });
});

test("the table of docs/sdks.md advises what is tested, for each SDK", () => {
  const rows = readFileSync(join(root, "docs/sdks.md"), "utf8").matchAll(
    /^\| ([^|]+) \|.*\| (throw|answer) \|/gm,
  );
  const advised = sdks.map(({ name, advice }) => [name, advice === "thrown" ? "throw" : "answer"]);
  expect(Array.from(rows, ([, name, use]) => [name, use])).toEqual(advised);
});

test.each([
  [404, 1],
  [503, 3],
])("ky's rules of its own hold: a %i is sent %i times", async (status, times) => {
  const { listProducts } = await recipe("ky");
  circuits.register("api", { failureThreshold: 10 });
  api.handler = (_, response) => response.writeHead(status, { "retry-after": "0" }).end();
  await rejectionOf(listProducts!(api.origin));
  expect(api.hits).toBe(times);
});

describe.each(graphqlClients)("GraphQL through %s", (_name, load) => {
  test.each([
    ["NOT_FOUND", "closed"],
    ["BAD_USER_INPUT", "closed"],
    ["UNAUTHENTICATED", "closed"],
    [undefined, "closed"],
    ["INTERNAL_SERVER_ERROR", "open"],
  ])("three answers of 200 with %s leave the circuit %s", async (code, state) => {
    const from = await recipe("graphql-clients");
    const errors = [{ message: "no", extensions: { code } }];
    api.handler = (_, response) => response.end(JSON.stringify({ errors, data: null }));
    for (let call = 0; call < 3; call++) {
      // oxlint-disable-next-line no-await-in-loop
      const error = (await rejectionOf(load(from))) as Error;
      expect(error.message).toContain("no");
    }
    const circuit = circuits.get("graphql")!;
    await expect
      .poll(() => circuit.snapshot().totals)
      .toMatchObject(state === "open" ? { failed: 3 } : { succeeded: 3 });
    expect(circuit.state).toBe(state);
  });
});

const t = initTRPC.create();
const router = t.router({
  good: t.procedure.query(() => "tea"),
  broken: t.procedure.query(() => {
    throw new Error("the database is down");
  }),
  missing: t.procedure.query(() => {
    throw new TRPCError({ code: "NOT_FOUND" });
  }),
});
const onRouter = createHTTPHandler({ router });

describe("tRPC", () => {
  beforeEach(() => {
    api.handler = (request, response) => {
      response.removeHeader("content-type");
      onRouter(request, response);
    };
  });

  type Names = ReadonlyArray<"good" | "broken" | "missing">;

  test.each<[Names, string]>([
    [["missing"], "closed"],
    [["good", "missing"], "closed"],
    [["broken"], "open"],
    [["good", "broken"], "open"],
  ])("three batches of %j leave the circuit %s", async (names, state) => {
    const { trpc } = await recipe("trpc");
    const client = trpc!(api.origin);
    for (let batch = 0; batch < 3; batch++) {
      // oxlint-disable-next-line no-await-in-loop
      await Promise.allSettled(names.map((name) => client[name].query()));
    }
    expect(api.hits).toBe(3);
    await expect
      .poll(() => circuits.get("trpc")!.snapshot().totals)
      .toMatchObject(state === "open" ? { failed: 3 } : { succeeded: 3 });
    expect(circuits.get("trpc")!.state).toBe(state);
  });

  const streaming = (fetch = globalThis.fetch) =>
    createTRPCClient<typeof router>({
      links: [httpBatchStreamLink({ url: api.origin, fetch: fetch as never })],
    });

  test("a streamed batch answers 200 for what is broken: a protected fetch never learns of it", async () => {
    const client = streaming(createProtectedFetch({ name: "trpc" }));
    for (let call = 0; call < 4; call++) await rejectionOf(client.broken.query());
    expect(circuits.get("trpc")!.snapshot()).toMatchObject({ state: "closed", totals: { succeeded: 4 } });
  });

  test.each([
    ["missing", "closed", 3],
    ["broken", "open", 3],
  ] as const)("a protected procedure of a stream that is %s leaves it %s", async (name, state, hits) => {
    const { protectedQuery } = await recipe("trpc-streamed");
    const client = streaming();
    const load = protectedQuery!(() => client[name].query());
    for (let call = 0; call < 3; call++) await rejectionOf(load() as Promise<unknown>);
    expect([circuits.get("trpc")!.state, api.hits]).toEqual([state, hits]);
  });

  test("a protected procedure of a stream that hangs up opens it, too", async () => {
    const { protectedQuery } = await recipe("trpc-streamed");
    api.handler = (request) => request.socket.destroy();
    const load = protectedQuery!(() => streaming().good.query());
    for (let call = 0; call < 3; call++) await rejectionOf(load() as Promise<unknown>);
    expect(circuits.get("trpc")!.state).toBe("open");
  });
});

test("TanStack Query retries what fails, and a refusal not", async () => {
  interface Queries {
    retry: (count: number, error: unknown) => boolean;
  }
  const { queryClient } = (await recipe("query-client")) as unknown as { queryClient: QueryClient };
  const { retry } = queryClient.getDefaultOptions().queries as Queries;
  const fetch = createProtectedFetch({ name: "api" });
  circuits.register("api").open();
  const refusal = await rejectionOf(fetch(api.origin));
  expect([retry(0, refusal), retry(0, new Error("broken")), retry(3, new Error("broken"))]).toEqual([
    false,
    true,
    false,
  ]);
});
