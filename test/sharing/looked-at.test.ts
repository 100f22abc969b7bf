import { beforeEach, expect, test, vi } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { registry } from "../../src/breaker/registry.ts";
import { memoryStore, shareStore, type Store } from "../../src/store.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

async function fail(store: ReturnType<typeof shareStore>, name: string, times: number): Promise<void> {
  const call = protect(() => Promise.reject(new Error("down")), { name, store });
  for (let i = 0; i < times; i++) {
    await call().catch(() => {});
    await turn();
  }
}

test("an isolate with a label tells it once, with its first vote", async () => {
  const kept = memoryStore();
  const note = vi.fn<NonNullable<Store["note"]>>((word) => kept.note!(word));
  const store = shareStore({ ...kept, note }, { label: "fra1" });
  const well = protect(() => Promise.resolve(1), { name: "search", store });
  await well();
  await turn();
  expect(note).not.toHaveBeenCalled();
  await fail(store, "payments", 3);
  expect(note).toHaveBeenCalledTimes(1);
  const { isolates } = await kept.list!(10);
  expect([...isolates.values()]).toEqual(["fra1"]);
});

test("without a label nothing is told", async () => {
  const note = vi.fn<NonNullable<Store["note"]>>(() => Promise.resolve());
  await fail(shareStore({ ...memoryStore(), note }), "payments", 3);
  expect(note).not.toHaveBeenCalled();
});

test.each([5, {}, "x".repeat(201)])("a label that is none is refused (%#)", (label) => {
  expect(() => shareStore(memoryStore(), { label: label as string })).toThrow(/option "label"/);
});

test("a command to the fleet is written down with whose it was", async () => {
  const kept = memoryStore();
  await fail(shareStore(kept), "payments", 1);
  circuits.get("payments")!.open({ forced: true, by: "ada" });
  await turn();
  const { circuits: listed } = await kept.list!(10);
  expect(listed[0]).toMatchObject({
    record: { isForced: true },
    command: { type: "open", isForced: true, by: "ada" },
  });
});

test("a store whose notes fail loses neither command nor call", async () => {
  const kept = memoryStore();
  const store = shareStore({ ...kept, note: () => Promise.reject(new Error("full")) }, { label: "fra1" });
  await fail(store, "payments", 2);
  circuits.get("payments")!.open({ by: "ada" });
  await turn();
  expect((await kept.list!(10)).circuits[0]!.record).toMatchObject({ isOpen: true });
});

test("the use of a store is counted: answers, errors, and what the budget kept back", async () => {
  const answers: Array<() => Promise<never> | undefined> = [];
  const kept = memoryStore();
  const shared = shareStore(
    { step: (circuit, request) => answers.shift()?.() ?? kept.step(circuit, request) },
    { budget: 4, heartbeat: 1 },
  );
  expect(shared.inUse!.use()).toMatchObject({ budget: 4, left: 4, health: "answers" });
  await fail(shared, "payments", 2);
  const { requests, left } = shared.inUse!.use();
  expect(requests.answered).toBeGreaterThan(0);
  expect(left).toBeLessThan(4);
  expect(registry().breakers.get("payments")!.fleet!.inUse).toBe(shared.inUse);
  answers.push(() => Promise.reject(new Error("no")));
  // A command is sent whatever the budget.
  circuits.get("payments")!.open();
  await turn();
  expect(shared.inUse!.use()).toMatchObject({ requests: { failed: 1 }, health: "fails" });
  for (let i = 0; i < 8; i++) await fail(shared, `other ${i}`, 1);
  expect(shared.inUse!.use().requests.notSent).toBeGreaterThan(0);
});
