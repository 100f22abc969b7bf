import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { IsFailure } from "../../src/index.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { rejectionOf } from "./rejection-of.ts";

const api = "http://graphql.test/api";
const network = setupServer();
beforeAll(() => network.listen({ onUnhandledFrame: "error" }));
afterEach(() => network.resetHandlers());
afterAll(() => network.close());

function answers(answer: () => Response | Promise<Response>): void {
  network.use(http.all(api, answer));
}

test("it is asked about a response, with the default's opinion", async () => {
  const isFailure = vi.fn<IsFailure<Response>>(() => false);
  const { fetch } = guardedFetch({ isFailure });
  for (const status of [200, 503, 404]) {
    answers(() => new HttpResponse(null, { status }));
    const response = await fetch(api);
    expect(isFailure.mock.lastCall![0].value).toBe(response);
  }
  expect(isFailure.mock.calls.map(([, byDefault]) => byDefault)).toEqual([false, true, false]);
});

test("it is asked about an error, which is a failure by default", async () => {
  const isFailure = vi.fn<IsFailure<Response>>(() => false);
  const { fetch, totals } = guardedFetch({ isFailure });
  answers(() => HttpResponse.error());
  const error = await rejectionOf(fetch(api));
  expect(isFailure).toHaveBeenCalledExactlyOnceWith({ error }, true, [api, undefined]);
  expect(totals()).toEqual(counted.success);
});

describe("its answer decides", () => {
  test.each([
    ["a 404 is a failure", 404, true, counted.failure],
    ["a 503 is none", 503, false, counted.success],
    ["later, that a 404 is a failure", 404, Promise.resolve(true), counted.failure],
    ["later, that a 503 is none", 503, Promise.resolve(false), counted.success],
  ])("%s", async (_, status, verdict, expected) => {
    const { fetch, totals } = guardedFetch({ isFailure: () => verdict });
    answers(() => new HttpResponse(null, { status }));
    await fetch(api);
    await vi.waitFor(() => expect(totals()).toEqual(expected));
  });
});

describe("where it throws the default decides", () => {
  test.each([
    ["at once", () => unknownTo()],
    ["later", () => Promise.reject(new Error("cannot tell"))],
  ])("%s", async (_, isFailure) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { fetch, totals } = guardedFetch({ isFailure });
    answers(() => new HttpResponse(null, { status: 503 }));
    expect((await fetch(api)).status).toBe(503);
    await vi.waitFor(() => expect(totals()).toEqual(counted.failure));
    warn.mockRestore();
  });
  function unknownTo(): never {
    throw new Error("cannot tell");
  }
});

test("it is not asked about the caller's abort and mistakes", async () => {
  const isFailure = vi.fn<IsFailure<Response>>(() => true);
  const { fetch, totals } = guardedFetch({ isFailure });
  await rejectionOf(fetch(api, { signal: AbortSignal.abort() }));
  await rejectionOf(fetch("http://user:secret@graphql.test"));
  expect(isFailure).not.toHaveBeenCalled();
  expect(totals()).toMatchObject({ failed: 0, ignored: 2 });
});

describe("a GraphQL 200 with errors", () => {
  const hasErrors: IsFailure<Response> = async ({ value }, byDefault) =>
    byDefault || (value !== undefined && "errors" in ((await value.clone().json()) as object));
  const failed = { data: null, errors: [{ message: "resolver timed out" }] };

  test("counts, and the caller reads the same body", async () => {
    const { fetch, circuit } = guardedFetch({ isFailure: hasErrors });
    answers(() => HttpResponse.json(failed));
    for (let call = 0; call < 3; call++) {
      const response = await fetch(api, { method: "POST", body: "{}" });
      expect(response.bodyUsed).toBe(false);
      expect(await response.json()).toEqual(failed);
    }
    await vi.waitFor(() => expect(circuit().state).toBe("open"));
  });

  test("counts also when the caller never reads the body", async () => {
    const { fetch, totals } = guardedFetch({ isFailure: hasErrors });
    answers(() => HttpResponse.json(failed));
    await fetch(api);
    await vi.waitFor(() => expect(totals()).toEqual(counted.failure));
  });

  test("without errors is a success", async () => {
    const { fetch, totals } = guardedFetch({ isFailure: hasErrors });
    answers(() => HttpResponse.json({ data: { product: 1 } }));
    expect(await (await fetch(api)).json()).toEqual({ data: { product: 1 } });
    await vi.waitFor(() => expect(totals()).toEqual(counted.success));
  });

  test("does not make the caller wait for the verdict", async () => {
    let decide!: (failed: boolean) => void;
    const verdict = new Promise<boolean>((resolve) => (decide = resolve));
    const { fetch, circuit, totals } = guardedFetch({ isFailure: () => verdict });
    answers(() => HttpResponse.json(failed));
    expect((await fetch(api)).status).toBe(200);
    // Its place is free: the verdict may take as long as it likes.
    expect(circuit().snapshot().inFlight).toBe(0);
    expect(totals()).toMatchObject({ allowed: 1, succeeded: 0, failed: 0 });
    decide(true);
    await vi.waitFor(() => expect(totals()).toEqual(counted.failure));
    expect(circuit().snapshot().inFlight).toBe(0);
  });
});
