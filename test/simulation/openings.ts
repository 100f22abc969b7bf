import { Fleet, type FleetSettings } from "./fleet.ts";

/** When a fleet opened: by chance while all was well, and in the outage after that. */
export interface Openings {
  readonly byChance: number;
  readonly openAfterMs: number;
}

/** A healthy spell with random errors, of which the beginning is not counted, and an outage. */
export async function openingsOf(
  settings: FleetSettings,
  { settlesMs = 300_000, healthyMs = 300_000, outageMs = 90_000 } = {},
): Promise<Openings> {
  const fleet = new Fleet(settings);
  const { time, store, upstream } = fleet;
  const begin = settlesMs + healthyMs;
  let byChance = 0;
  let openAt = Infinity;
  let generation = 0;
  store.onStep = (_request, reply) => {
    const hasOpened = reply.state === "open" && reply.generation > generation;
    generation = reply.generation;
    if (!hasOpened) return;
    if (upstream.isDown) openAt = Math.min(openAt, time.now);
    else if (time.now >= settlesMs) byChance++;
  };
  await time.runUntil(begin);
  upstream.isDown = true;
  await time.runUntil(begin + outageMs);
  fleet.stop();
  return { byChance, openAfterMs: openAt - begin };
}
