import ky from "ky";
import { createFetch } from "ofetch";
import createClient from "openapi-fetch";
import { GraphQLClient } from "graphql-request";
import { beforeEach, describe, expect, test } from "vitest";
import { isCircuitOpenError } from "../../src/index.ts";
import { fakeApi, refusalIn, rejectionOf } from "./fake-api.ts";

const api = fakeApi();

interface Paths {
  "/products": {
    get: { responses: { 200: { content: { "application/json": { products: string[] } } } } };
  };
}

const clients: Array<[string, (path?: string) => Promise<unknown>]> = [
  ["ky", () => ky.get(`${api.origin}/products`, { fetch: api.fetch, retry: 0 }).json()],
  [
    "ofetch",
    () => createFetch({ fetch: api.fetch })(`${api.origin}/products`, { retry: 0 }) as Promise<unknown>,
  ],
  [
    "openapi-fetch",
    async () => {
      const client = createClient<Paths>({ baseUrl: api.origin, fetch: api.fetch });
      const { data, error } = await client.GET("/products");
      if (error) throw new Error("as its users do", { cause: error });
      return data;
    },
  ],
  [
    "graphql-request",
    () => new GraphQLClient(`${api.origin}/graphql`, { fetch: api.fetch }).request("{ products }"),
  ],
];

const answer = { products: ["tea"] };

beforeEach(() => {
  api.handler = ({ url }, response) =>
    response.end(JSON.stringify(url === "/graphql" ? { data: answer } : answer));
});

describe.each(clients)("%s", (_name, load) => {
  test("answers as ever", async () => {
    expect(await load()).toEqual(answer);
    expect(api.hits).toBe(1);
  });

  test("its failures open the circuit", async () => {
    api.isDown = true;
    for (let i = 0; i < 2; i++) await load().catch(() => {});
    expect(api.state).toBe("open");
  });

  test("while open nothing is sent, and the refusal is found in its error", async () => {
    api.open();
    const error = await rejectionOf(load());
    expect(isCircuitOpenError(refusalIn(error))).toBe(true);
    expect(api.hits).toBe(0);
  });
});

test("ky retries failures of the upstream, and a refusal not when told so", async () => {
  api.isDown = true;
  const client = ky.create({
    fetch: api.fetch,
    retry: { limit: 3, delay: () => 1, shouldRetry: ({ error }) => !isCircuitOpenError(error) },
  });
  const error = await rejectionOf(client.get(api.origin));
  expect(isCircuitOpenError(refusalIn(error))).toBe(true);
  expect(api.hits).toBe(2);
});

test.each([
  ["ky", async () => (await ky.get(api.origin, { fetch: api.fetch })).body!],
  [
    "ofetch",
    () => createFetch({ fetch: api.fetch })<ReadableStream, "stream">(api.origin, { responseType: "stream" }),
  ],
])("%s streams part by part", async (_name, open) => {
  let next!: () => void;
  api.handler = (_, response) => {
    response.write("first");
    next = () => response.end("second");
  };
  const reader = ((await open()) as ReadableStream<Uint8Array>).getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await read()).toBe("first");
  next();
  expect(await read()).toBe("second");
});

test("graphql-request: errors with a status of 200 count through isFailure, and the answer is untouched", async () => {
  const { createProtectedFetch, circuits } = await import("../../src/index.ts");
  const fetch = createProtectedFetch({
    name: "graphql",
    isFailure: async ({ value }, byDefault) =>
      byDefault || "errors" in ((await value!.clone().json()) as object),
  });
  api.handler = (_, response) => response.end(JSON.stringify({ errors: [{ message: "no" }], data: null }));
  const error = await rejectionOf(new GraphQLClient(api.origin, { fetch }).request("{ products }"));
  expect((error as Error).message).toContain("no");
  await expect.poll(() => circuits.get("graphql")!.snapshot().totals.failed).toBe(1);
});
