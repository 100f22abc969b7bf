import { createClient } from "@supabase/supabase-js";
import axios from "axios";
import { GraphQLClient } from "graphql-request";
import ky from "ky";
import { ofetch } from "ofetch";
import OpenAI from "openai";
import Stripe from "stripe";
import * as undici from "undici";
import { afterEach, describe, expect, test, vi } from "vitest";
import { circuits } from "../../src/index.ts";
import { type FetchProtection, protectFetch } from "../../src/next.ts";
import { fakeApi, refusalIn, rejectionOf } from "./fake-api.ts";

const api = fakeApi();

let undo: (() => void) | undefined;
afterEach(() => {
  vi.useRealTimers();
  undo?.();
});

function protect(refusals?: FetchProtection["refusals"]): void {
  undo = protectFetch({ origins: [api.origin], name: "api", failureThreshold: 2, refusals });
}

const clients: Record<string, () => Promise<unknown>> = {
  openai: () => new OpenAI({ apiKey: "test", baseURL: api.origin }).models.list(),
  stripe: () => {
    const { hostname: host, port, protocol } = new URL(api.origin);
    const client = new Stripe("sk_test", {
      host,
      port,
      protocol: protocol.slice(0, -1) as "http",
      httpClient: Stripe.createFetchHttpClient(),
      telemetry: false,
    });
    return client.customers.retrieve("cus_1");
  },
};

/** Pauses between attempts pass at once. */
async function withoutPauses<Settled>(call: () => Promise<Settled>): Promise<Settled> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const settled = call().finally(() => vi.useRealTimers());
  while (vi.isFakeTimers()) {
    // oxlint-disable-next-line no-await-in-loop
    await vi.advanceTimersByTimeAsync(1000);
  }
  return settled;
}

describe.each(Object.entries(clients))("%s, with the fetch of the process", (name, call) => {
  test("is protected: its failures open the circuit", async () => {
    protect("answered");
    api.handler = (_, response) => response.end('{"object":"list","data":[],"id":"cus_1"}');
    await expect(call()).resolves.toBeDefined();
    api.isDown = true;
    await rejectionOf(call());
    expect(circuits.get("api")).toMatchObject({ state: "open" });
    const { hits } = api;
    await rejectionOf(call());
    expect(api.hits).toBe(hits);
  });

  test("a refusal that is thrown is tried three times, and found in its error where it keeps it", async () => {
    protect();
    api.open();
    const error = await withoutPauses(() => rejectionOf(call()));
    expect([circuits.get("api")!.snapshot().totals.refused, api.hits]).toEqual([3, 0]);
    expect(refusalIn(error) !== undefined).toBe(name === "openai");
  });

  test("a refusal that is answered is tried once, and has the status 504", async () => {
    protect("answered");
    api.open();
    const error = await rejectionOf(call());
    expect([circuits.get("api")!.snapshot().totals.refused, api.hits]).toEqual([1, 0]);
    const { status, statusCode = status, message } = error as Record<string, unknown>;
    expect([statusCode, message]).toEqual([504, expect.stringContaining("Refused by a circuit breaker")]);
  });
});

const stripeOver = (httpClient?: Stripe.HttpClient) => {
  const { hostname: host, port } = new URL(api.origin);
  const config = { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false } as const;
  return new Stripe("sk_test", { ...config, ...(httpClient && { httpClient }) }).customers.retrieve("cus_1");
};

describe("docs/protect-fetch.md says what is covered", () => {
  test.each<[string, boolean, () => Promise<unknown>]>([
    ["fetch", true, () => fetch(api.origin)],
    ["ky", true, () => ky.get(api.origin, { retry: 0 })],
    ["ofetch", true, () => ofetch(api.origin, { retry: 0 })],
    ["graphql-request", true, () => new GraphQLClient(api.origin).request("{ name }")],
    ["supabase-js", true, async () => createClient(api.origin, "key").from("shoes").select().retry(false)],
    ["axios with its fetch adapter", true, () => axios.get(api.origin, { adapter: "fetch" })],
    ["axios by default", false, () => axios.get(api.origin)],
    ["Stripe's client over fetch", true, () => stripeOver(Stripe.createFetchHttpClient())],
    ["Stripe's default client", false, () => stripeOver()],
    ["undici from npm", false, () => undici.fetch(api.origin)],
  ])("%s: %j", async (_, isCovered, call) => {
    protect("answered");
    api.handler = (_request, response) => response.end('{"data":{},"id":"cus_1","object":"customer"}');
    api.open();
    await call().catch(() => undefined);
    expect(api.hits).toBe(isCovered ? 0 : 1);
  });
});
