import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, type ProtectedFetchOptions } from "../../src/index.ts";
import { refusalResponse } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";
import { type Sdk, sdk, sdks, type Setting } from "./sdks.ts";

beforeEach(() => {
  resetCircuits();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => void vi.useRealTimers());

/** How often an SDK asks a fetch whose circuit is open before it gives up. Its waits between are skipped. */
async function attempts(
  { name, load }: Sdk,
  retries: Setting["retries"],
  fallback?: ProtectedFetchOptions["fallback"],
): Promise<number> {
  const sent = vi.fn<typeof fetch>();
  const protectedFetch = createProtectedFetch({ name, fallback, fetch: sent });
  circuits.register(name).open();
  const asked = vi.fn<typeof fetch>(protectedFetch);
  let error: unknown;
  const origin = "http://upstream.test";
  load({ origin, fetch: asked, retries }).catch((reason: unknown) => (error = reason));
  while (error === undefined) {
    // oxlint-disable-next-line no-await-in-loop
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(sent).not.toHaveBeenCalled();
  return asked.mock.calls.length;
}

/** With each SDK's retries as they are by default: where the refusal is thrown, and where it is answered with 504. */
const byDefault: Array<[name: string, thrown: number, answered: number]> = [
  ["ky", 1, 3],
  ["ofetch", 2, 2],
  ["axios", 1, 1],
  ["openapi-fetch", 1, 1],
  ["OpenAI", 3, 1],
  ["AI SDK", 1, 3],
  ["Stripe", 3, 1],
  ["Octokit", 4, 4],
  ["supabase-js", 4, 1],
  ["Apollo", 1, 1],
  ["urql", 1, 1],
  ["graphql-request", 1, 1],
  ["tRPC", 1, 1],
  ["TanStack Query", 4, 4],
];

test("the table has all SDKs", () => {
  expect(byDefault.map(([name]) => name)).toEqual(sdks.map(({ name }) => name));
});

describe.each(byDefault)("%s asks", (name, thrown, answered) => {
  test(`${thrown} times by default where the refusal is thrown`, async () => {
    expect(await attempts(sdk(name), undefined)).toBe(thrown);
  });

  test(`${answered} times by default where it is answered with 504`, async () => {
    expect(await attempts(sdk(name), undefined, refusalResponse())).toBe(answered);
  });

  test("once where both are as docs/sdks.md says", async () => {
    const { advice } = sdk(name);
    const fallback = advice === "thrown" ? undefined : refusalResponse();
    expect(await attempts(sdk(name), "as advised", fallback)).toBe(1);
  });
});

test.each(["OpenAI", "Stripe"])("%s obeys that it should not retry, whatever the status", async (name) => {
  for (const status of [500, 502, 503] as const) {
    // oxlint-disable-next-line no-await-in-loop
    expect(await attempts(sdk(name), undefined, refusalResponse({ status }))).toBe(1);
  }
});
