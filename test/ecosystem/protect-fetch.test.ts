import OpenAI from "openai";
import Stripe from "stripe";
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
