import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FleetReply } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";
import { commandFleet, type FleetCommand } from "../../src/operations/command-fleet.ts";
import { memoryStore } from "../../src/stores/memory-store.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const open: FleetCommand = {
  type: "open",
  isForced: false,
  by: "ada",
  why: undefined,
  at: 0,
  openMs: 60_000,
};
const close: FleetCommand = { ...open, type: "close", by: "ben" };

/** The store, as one meets it whose requests are held up on their way until they are let go. */
function heldUp(store: Store): { slow: Store; letGo: () => Promise<void>; sent: () => number } {
  const waiting: Array<() => void> = [];
  let sent = 0;
  return {
    slow: {
      step(circuit, request) {
        sent++;
        return new Promise<FleetReply>((resolve) => {
          waiting.push(() => resolve(store.step(circuit, request)));
        });
      },
    },
    async letGo() {
      waiting.shift()!();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
    sent: () => sent,
  };
}

test("a command is carried out, whatever the circuit has been through", async () => {
  const store = memoryStore();
  for (const each of [open, close, open, { ...close, isForced: true }]) {
    const reply = await commandFleet(store, "payments", each);
    expect(reply.state).toBe(each.type === "open" ? "open" : "closed");
  }
});

test("a command that arrives after its sender has given up undoes no newer one", async () => {
  const store = memoryStore();
  const { slow, letGo, sent } = heldUp(store);
  const late = commandFleet(slow, "payments", open);
  const failed = late.catch(({ name }: Error) => name);
  await commandFleet(store, "payments", close);
  vi.advanceTimersByTime(2001);
  await letGo();
  expect(await failed).toBe("NotCarriedOut");
  expect(sent()).toBe(1);
  const { circuits } = await store.list!(9);
  expect(circuits).toMatchObject([{ record: { isOpen: false }, command: { type: "close", by: "ben" } }]);
});

test("a command that finds the circuit changed is given again while its sender waits", async () => {
  const store = memoryStore();
  const { slow, letGo, sent } = heldUp(store);
  const given = commandFleet(slow, "payments", open);
  await commandFleet(store, "payments", close);
  await letGo();
  await letGo();
  expect(await given).toMatchObject({ state: "open", generation: 2 });
  expect(sent()).toBe(2);
});

test("a circuit that changes each time is left to the others", async () => {
  const store = memoryStore();
  const { slow, letGo, sent } = heldUp(store);
  const given = commandFleet(slow, "payments", open);
  const failed = given.catch(({ name }: Error) => name);
  for (let times = 0; times < 6; times++) {
    await commandFleet(store, "payments", close);
    await letGo();
  }
  expect(await failed).toBe("NotCarriedOut");
  expect(sent()).toBe(6);
});
