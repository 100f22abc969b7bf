import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { memoryStore, shareStore, type Store } from "../../src/store.ts";
import { resetCircuits } from "../../src/testing.ts";

const opened = await memoryStoreThatIsOpen();

beforeEach(() => {
  resetCircuits();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

/** Stores of the right shape that answer rubbish; each would refuse every call, or hold the circuit for years. */
const liars: ReadonlyArray<readonly [string, (reply: object) => unknown]> = [
  ["an empty object", () => ({})],
  ["a text", () => "open"],
  ["a list", () => [1, 2, 3]],
  ["a state that does not exist", (reply) => ({ ...reply, state: "tripped" })],
  ["waits in words", (reply) => ({ ...reply, waitMs: "a minute" })],
  ["a grant that nobody asked for, while open", (reply) => ({ ...reply, isGranted: true })],
  ["numbers beyond all bounds", (reply) => ({ ...reply, generation: 1e300 })],
];

test.each(liars)("a store that answers %s keeps nobody from calling, and is told of", async (_what, lie) => {
  const store: Store = {
    step: async (circuit, request) => lie(await opened.step(circuit, request)) as never,
  };
  const run = protect(() => Promise.resolve("answer"), { name: "liar", store: shareStore(store) });
  for (let i = 0; i < 5; i++) expect(await run()).toBe("answer");
  expect(circuits.get("liar")!.snapshot()).toMatchObject({ state: "closed", degraded: true });
});

test("a wait of years is cut to the longest that the circuit's own options allow", async () => {
  const store: Store = {
    step: async (circuit, request) => ({ ...(await opened.step(circuit, request)), waitMs: 1e12 }),
  };
  const run = protect(() => Promise.resolve(1), {
    name: "liar",
    store: shareStore(store),
    resetTimeout: "60s",
    maxRetryAfter: "2m",
  });
  await expect(run()).rejects.toThrow("refused a call: open");
  expect(circuits.get("liar")!.snapshot().retryAfter).toBeLessThanOrEqual(120_000);
});

async function memoryStoreThatIsOpen(): Promise<Store> {
  const store = memoryStore();
  const policy = { quorum: 1, threshold: 3, sharePercent: 50, windowMs: 10_000, openMs: [60_000] };
  const ofTrials = { trials: 2, concurrent: 2, tolerated: 0, everyMs: 0, stayMs: 0 };
  const bounds = { longestOpeningMs: 600_000, ...ofTrials, life: 7 };
  await store.step("liar", { type: "open", isForced: false, ...policy, ...bounds });
  return store;
}
