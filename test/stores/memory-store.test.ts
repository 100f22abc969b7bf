import { expect, test } from "vitest";
import type { FleetRequest } from "../../src/core/fleet-record.ts";
import { memoryStore } from "../../src/stores/memory-store.ts";
import { fleetPolicy } from "./fleet-policy.ts";

const open: FleetRequest = {
  type: "open",
  isForced: true,
  ...fleetPolicy,
};

test("of more circuits than it has room for, the one that was written longest ago is forgotten", async () => {
  const store = memoryStore(() => 0);
  const stateOf = async (circuit: string) => (await store.step(circuit, { ...open, type: "read" })).state;
  await store.step("old", open);
  await store.step("renewed", open);
  for (let i = 0; i < 9_998; i++) await store.step(`circuit ${i}`, open);
  await store.step("renewed", open);
  expect(await stateOf("old")).toBe("open");
  await store.step("one more", open);
  expect([await stateOf("old"), await stateOf("renewed"), await stateOf("one more")]).toEqual([
    "closed",
    "open",
    "open",
  ]);
});
