import { describe, expect, test } from "vitest";
import type { FleetRequest } from "../../src/core/fleet-record.ts";
import { compareAndSetStore, type KeptRecord } from "../../src/stores/compare-and-set-store.ts";
import { fleetPolicy } from "./fleet-policy.ts";

const request: FleetRequest = {
  type: "open",
  isForced: false,
  ...fleetPolicy,
};

function keeper() {
  const kept = new Map<string, KeptRecord>();
  const counts = { reads: 0, writes: 0, lost: 0 };
  return {
    kept,
    counts,
    read: (key: string) => {
      counts.reads++;
      return Promise.resolve(kept.get(key) ?? null);
    },
    write: (key: string, record: string, read: KeptRecord | undefined) => {
      counts.writes++;
      if (kept.get(key)?.version !== read?.version) {
        counts.lost++;
        return Promise.resolve(false);
      }
      kept.set(key, { record, ageMs: 0, version: ((read?.version as number | undefined) ?? 0) + 1 });
      return Promise.resolve(true);
    },
  };
}

describe("a step", () => {
  test("that changes nothing is one read", async () => {
    const { counts, ...server } = keeper();
    await compareAndSetStore(server).step("a", { ...request, type: "read" });
    expect(counts).toEqual({ reads: 1, writes: 0, lost: 0 });
  });

  test("that changes something is a read and a write", async () => {
    const { counts, ...server } = keeper();
    await compareAndSetStore(server).step("a", request);
    expect(counts).toEqual({ reads: 1, writes: 1, lost: 0 });
  });

  test("is taken again where somebody else was quicker, and none is lost", async () => {
    const { counts, ...server } = keeper();
    const store = compareAndSetStore(server);
    const replies = await Promise.all(Array.from({ length: 6 }, () => store.step("a", request)));
    expect(replies.map(({ generation }) => generation).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(counts.lost).toBeGreaterThan(0);
  });

  test("that never gets its turn is an error, not an answer", async () => {
    const store = compareAndSetStore({ ...keeper(), write: () => Promise.resolve(false) });
    await expect(store.step("a", request)).rejects.toMatchObject({ name: "TooManyWriters" });
  });

  test("knows the age of what was read", async () => {
    const { kept, ...server } = keeper();
    const store = compareAndSetStore(server);
    await store.step("a", request);
    kept.set("a", { ...kept.get("a")!, ageMs: 45_000 });
    expect(await store.step("a", { ...request, type: "read" })).toMatchObject({ waitMs: 15_000 });
  });
});

test("keys are names without control characters, and stay as different as those", async () => {
  const { kept, ...server } = keeper();
  const store = compareAndSetStore(server);
  const names = ["a", "a\0", "a%00", "a%2500", "a\n", "日本", "x y", "\u0085", "Ü"];
  for (const name of names) await store.step(name, request);
  expect([...kept.keys()]).toEqual(["a", "a%00", "a%2500", "a%252500", "a%0A", "日本", "x y", "%C2%85", "Ü"]);
});

test.each([
  ["read", {}],
  ["read", { read: 1 }],
  ["write", { read: () => undefined }],
  ["read", undefined],
])("a keeper without %s is refused by name: %j", (option, given) => {
  expect(() => compareAndSetStore(given as never)).toThrow(`"${option}" must be a function`);
});
