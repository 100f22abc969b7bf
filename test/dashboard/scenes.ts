import { circuits, protect } from "../../src/index.ts";
import { testClock } from "../../src/testing.ts";
import { freshHistory } from "./fresh-history.ts";

const upstreams = [
  "payments",
  "https://api.stripe.com",
  "search",
  "inventory",
  "GET /api/orders",
  "mail",
  "cms",
  "tax",
];

/** What the page is looked at in: how many circuits, and what goes on. */
export type Mood = "calm" | "outage" | "recovery";

/** Circuits in a mood, as a page would show them after some calls. */
export async function scene(many: number, mood: Mood): Promise<void> {
  freshHistory();
  const names = Array.from({ length: many }, (_, i) =>
    many > 60
      ? `tenant ${String(i).padStart(3, "0")}`
      : `${upstreams[i % upstreams.length]}${i < upstreams.length ? "" : ` ${i}`}`,
  );
  const failure = Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
  const broken = mood === "calm" ? 0 : Math.max(1, Math.round(many / 30)) + (many > 4 ? 1 : 0);
  const clock = testClock();
  for (const [index, name] of names.entries()) {
    const isBroken = index < broken;
    let fails = false;
    const call = protect(() => (fails ? Promise.reject(failure) : Promise.resolve(1)), {
      name,
      clock,
      resetTimeout: "30s",
    });
    const send = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await call().catch(() => {});
    };
    await send(5 + ((index * 7) % 40));
    if (!isBroken) continue;
    fails = true;
    await send(30 + index * 9);
    if (mood === "outage") continue;
    clock.advance(31_000);
    await send(1);
    clock.advance(31_000);
    if (index === 0) {
      fails = false;
      await send(10);
    } else await send(0);
  }
  if (mood === "outage" && many > 4) {
    circuits.get(names[3]!)!.open({ forced: true });
    const observed = protect(() => Promise.reject(failure), { name: names[4]!, enabled: "observe" });
    for (let i = 0; i < 12; i++) await observed().catch(() => {});
  }
}
