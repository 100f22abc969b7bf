import type { Store } from "../../src/core/store.ts";
import { commandFleet } from "../../src/operations/command-fleet.ts";
import { memoryStore } from "../../src/store.ts";
import type { Mood } from "./scenes.ts";

const rules = {
  life: 5,
  quorum: 2,
  threshold: 3,
  sharePercent: 50,
  windowMs: 60_000,
  openMs: [30_000],
  longestOpeningMs: 600_000,
  trials: 2,
  concurrent: 2,
  tolerated: 0,
  everyMs: 0,
  stayMs: 0,
};

/** A store as a fleet of three regions has left it, in a mood. */
export async function fleetScene(
  mood: Mood,
  at = performance.timeOrigin + performance.now(),
): Promise<Store> {
  const store = memoryStore();
  const regions = ["Frankfurt", "Virginia", "Mumbai, a worker"];
  for (const [reporter, label] of regions.entries()) {
    await store.note!({ about: "isolate", reporter: reporter + 1, label });
  }
  const order = { isForced: false, by: undefined, why: undefined, at: at - 95_000, openMs: 30_000 };
  for (let i = 0; i < 6; i++)
    await commandFleet(store, `tenant ${i}`, { ...order, type: "close", by: "ada" });
  const vote = (circuit: string, reporter: number, sequence: number, run: number) =>
    store.step(circuit, { ...rules, type: "report", reporter, sequence, run, seen: -1 });
  if (mood === "calm") return store;
  for (const name of ["https://payments.example", "https://api.tax.example/v2"]) {
    for (let reporter = 1; reporter <= 2; reporter++) await vote(name, reporter, 1, 3);
  }
  await vote("https://search.example", 1, 1, 1);
  await vote("https://search.example", 3, 1, 2);
  await commandFleet(store, "mail", {
    ...order,
    type: "open",
    isForced: true,
    by: "ada@shop.example",
    why: "their maintenance window, until Monday",
  });
  await commandFleet(store, "stock", { ...order, type: "close", isForced: true, by: "deploy 4711" });
  if (mood === "recovery") {
    await commandFleet(store, "https://payments.example", { ...order, type: "half-open", by: "ada" });
    await store.step("https://payments.example", {
      ...rules,
      type: "lease",
      token: 4,
      leaseMs: 20_000,
      isAlone: false,
    });
    await store.step("https://payments.example", {
      ...rules,
      type: "lease",
      token: 5,
      leaseMs: 20_000,
      isAlone: false,
    });
    await store.step("https://payments.example", {
      ...rules,
      type: "settle",
      token: 4,
      generation: 2,
      verdict: "success",
    });
  }
  return store;
}
