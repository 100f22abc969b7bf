import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client/core/index.js";
import { createClient as createSupabase } from "@supabase/supabase-js";
import { QueryClient } from "@tanstack/query-core";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { cacheExchange, Client as Urql, fetchExchange } from "@urql/core";
import { generateText } from "ai";
import axios from "axios";
import { GraphQLClient } from "graphql-request";
import ky from "ky";
import { Octokit } from "octokit";
import { createFetch } from "ofetch";
import OpenAI from "openai";
import createOpenapi from "openapi-fetch";
import Stripe from "stripe";
import { findCircuitOpenError } from "../../src/core/find-circuit-open-error.ts";
import type { router } from "./every-api.ts";

/** Where an SDK is pointed, and what is passed to it besides. */
export interface Setting {
  readonly origin: string;
  readonly fetch: typeof fetch;
  /** False: its own retries are turned off. As docs/sdks.md advises: without those of a refusal. Else as by default. */
  readonly retries?: false | "as advised" | undefined;
  /** Its own timeout, where it has one. */
  readonly timeoutMs?: number;
  /** Its caller's, where it takes one. */
  readonly signal?: AbortSignal;
}

export interface Sdk {
  readonly name: string;
  /** What docs/sdks.md says to do with a refusal: throw it, or answer it. */
  readonly advice: "thrown" | "answered 504";
  /** Reads the products as its users do: one that returns errors is made to throw them. */
  readonly load: (setting: Setting) => Promise<unknown>;
  /** What it makes of the product. */
  readonly answer: unknown;
}

const query = "query Products { products }";
const parsed = gql(query);
const prompt = [{ role: "user" as const, content: "What do you have?" }];

/** What its users do with an error that is returned. */
function orThrow<Value>({ data, error }: { data?: Value; error?: unknown }): Value {
  if (error) throw error;
  return data!;
}

const only = <Value>(key: string, value: Value | undefined) => (value === undefined ? {} : { [key]: value });

export const sdks: readonly Sdk[] = [
  {
    name: "ky",
    advice: "thrown",
    answer: { products: ["tea"] },
    load: ({ origin, fetch, retries, timeoutMs, signal }) =>
      ky
        .get(`${origin}/products`, {
          fetch,
          ...only("retry", retries === false ? 0 : undefined),
          ...only("timeout", timeoutMs),
          ...only("signal", signal),
        })
        .json(),
  },
  {
    name: "ofetch",
    advice: "thrown",
    answer: { products: ["tea"] },
    load: ({ origin, fetch, retries, timeoutMs, signal }) =>
      createFetch({ fetch })(`${origin}/products`, {
        ...only("retry", retries === undefined ? undefined : 0),
        ...only("timeout", timeoutMs),
        ...only("signal", signal),
      }) as Promise<unknown>,
  },
  {
    name: "axios",
    advice: "thrown",
    answer: { products: ["tea"] },
    load: async ({ origin, fetch, timeoutMs, signal }) => {
      const client = axios.create({ baseURL: origin, adapter: "fetch", env: { fetch } });
      return (await client.get("/products", { ...only("timeout", timeoutMs), ...only("signal", signal) }))
        .data;
    },
  },
  {
    name: "openapi-fetch",
    advice: "thrown",
    answer: { products: ["tea"] },
    load: async ({ origin, fetch, signal }) => {
      const client = createOpenapi<{
        "/products": { get: { responses: { 200: { content: { "application/json": object } } } } };
      }>({ baseUrl: origin, fetch });
      const { data, error, response } = await client.GET("/products", only("signal", signal));
      if (!response.ok) throw new Error(`HTTP ${response.status}`, { cause: error });
      return data;
    },
  },
  {
    name: "OpenAI",
    advice: "answered 504",
    answer: "tea",
    load: async ({ origin, fetch, retries, timeoutMs, signal }) => {
      const client = new OpenAI({
        apiKey: "test",
        baseURL: origin,
        fetch,
        ...only("maxRetries", retries === false ? 0 : undefined),
        ...only("timeout", timeoutMs),
      });
      const asked = { model: "test", messages: prompt };
      const { choices } = await client.chat.completions.create(asked, only("signal", signal));
      return choices[0]!.message.content;
    },
  },
  {
    name: "AI SDK",
    advice: "thrown",
    answer: "tea",
    load: async ({ origin, fetch, retries, timeoutMs, signal }) => {
      const provider = createOpenAICompatible({ name: "test", baseURL: origin, fetch });
      const { text } = await generateText({
        model: provider.chatModel("test"),
        messages: prompt,
        ...only("maxRetries", retries === false ? 0 : undefined),
        ...only("timeout", timeoutMs),
        ...only("abortSignal", signal),
      });
      return text;
    },
  },
  {
    name: "Stripe",
    advice: "answered 504",
    answer: "tea",
    load: async ({ origin, fetch, retries, timeoutMs }) => {
      const { hostname, port } = new URL(origin);
      const client = new Stripe("sk_test_1", {
        host: hostname,
        port,
        protocol: "http",
        httpClient: Stripe.createFetchHttpClient(fetch),
        telemetry: false,
        ...only("maxNetworkRetries", retries === false ? 0 : undefined),
        ...only("timeout", timeoutMs),
      });
      return (await client.products.retrieve("tea")).name;
    },
  },
  {
    name: "Octokit",
    advice: "answered 504",
    answer: "tea",
    load: async ({ origin, fetch, retries, signal }) => {
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const client = new Octokit({
        baseUrl: origin,
        log,
        request: { fetch, ...only("signal", signal) },
        ...only("retry", octokitRetries(retries)),
      });
      return (await client.rest.orgs.get({ org: "tea" })).data.login;
    },
  },
  {
    name: "supabase-js",
    advice: "answered 504",
    answer: ["tea"],
    load: async ({ origin, fetch, retries, timeoutMs, signal }) => {
      const client = createSupabase(origin, "key", {
        global: { fetch },
        ...only("db", timeoutMs === undefined ? undefined : { timeout: timeoutMs }),
      });
      const select = client.from("products").select();
      if (retries === false) select.retry(false);
      if (signal) select.abortSignal(signal);
      return orThrow(await select);
    },
  },
  {
    name: "Apollo",
    advice: "thrown",
    answer: ["tea"],
    load: async ({ origin, fetch, signal }) => {
      const client = new ApolloClient({
        link: new HttpLink({ uri: `${origin}/graphql`, fetch }),
        cache: new InMemoryCache(),
      });
      const context = { fetchOptions: only("signal", signal) };
      const { data } = await client.query<{ products: string[] }>({ query: parsed, context });
      return data!.products;
    },
  },
  {
    name: "urql",
    advice: "thrown",
    answer: ["tea"],
    load: async ({ origin, fetch, signal }) => {
      const client = new Urql({
        url: `${origin}/graphql`,
        fetch,
        exchanges: [cacheExchange, fetchExchange],
        fetchOptions: only("signal", signal),
        preferGetMethod: false,
      });
      return orThrow(await client.query<{ products: string[] }>(query, {}).toPromise()).products;
    },
  },
  {
    name: "graphql-request",
    advice: "thrown",
    answer: ["tea"],
    load: async ({ origin, fetch, signal }) => {
      const client = new GraphQLClient(`${origin}/graphql`, { fetch });
      return (await client.request<{ products: string[] }>({ document: query, ...only("signal", signal) }))
        .products;
    },
  },
  {
    name: "tRPC",
    advice: "thrown",
    answer: ["tea"],
    load: ({ origin, fetch, signal }) =>
      createTRPCClient<typeof router>({
        links: [httpBatchLink({ url: `${origin}/trpc`, fetch: fetch as never })],
      }).products.query(undefined, only("signal", signal)),
  },
  {
    name: "TanStack Query",
    advice: "thrown",
    answer: ["tea"],
    load: ({ origin, fetch, retries }) =>
      new QueryClient().fetchQuery({
        queryKey: ["products"],
        retry: (count, error) =>
          retries === false || (retries === "as advised" && findCircuitOpenError(error)) ? false : count < 3,
        queryFn: async ({ signal }) => {
          const response = await fetch(`${origin}/products`, { signal });
          if (!response.ok) throw new Error(`HTTP ${response.status}`);
          return ((await response.json()) as { products: string[] }).products;
        },
      }),
  },
];

function octokitRetries(retries: Setting["retries"]): object | undefined {
  if (retries === false) return { enabled: false };
  return retries && { doNotRetry: [400, 401, 403, 404, 410, 422, 451, 504] };
}

/** The one of this name. */
export function sdk(name: string): Sdk {
  const found = sdks.find((each) => each.name === name);
  if (!found) throw new Error(`There is no ${name} in the table.`);
  return found;
}
