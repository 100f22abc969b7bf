import type { FleetSettings } from "./fleet.ts";
import { Fleet, usualFleet } from "./fleet.ts";

/** How a busy fleet asks for its trials, and how soon it closes. */
export interface PaceFigures {
  /** Isolates that asked for a trial in the busiest tenth of a second. */
  readonly burst: number;
  /** Questions for a trial, per isolate and opening. */
  readonly asksPerOpening: number;
  /** From the moment at which trials are due, the upstream having healed, until so many isolates let calls through. */
  readonly halfClosedMs: number;
  readonly p95ClosedMs: number;
}

const resetMs = 10_000;

/**
 * An outage of four openings, in which each trial hangs for three seconds; then the upstream heals while the circuit is open.
 */
export async function pace(settings: Partial<FleetSettings> = {}): Promise<PaceFigures> {
  const weather = { latencyMs: 50, errors: 0, failsInMs: 3000 };
  const policy = { resetTimeout: resetMs };
  const fleet = new Fleet({ ...usualFleet, isolates: 200, callsPerSecond: 20, policy, weather, ...settings });
  const { time, store, upstream, seats } = fleet;
  const asked = new Map<number, number>();
  let openings = 0;
  let generation = 0;
  let lastOpenedAt = 0;
  store.onStep = (request, _reply, record) => {
    if (record?.isOpen && record.generation > generation) {
      openings++;
      generation = record.generation;
      lastOpenedAt = time.now;
    }
    if (request.type !== "lease" || openings === 0) return;
    const tenth = Math.floor(time.now / 100);
    asked.set(tenth, (asked.get(tenth) ?? 0) + 1);
  };
  await time.runUntil(5000);
  upstream.isDown = true;
  while (openings < 5 && time.now < 120_000) {
    // oxlint-disable-next-line no-await-in-loop
    await time.runUntil(time.now + 50);
  }
  const asks = [...asked.values()];
  upstream.isDown = false;
  const dueAt = lastOpenedAt + resetMs;
  const closedAt = new Map<unknown, number>();
  while (closedAt.size < seats.length && time.now < dueAt + 60_000) {
    // oxlint-disable-next-line no-await-in-loop
    await time.runUntil(time.now + 10);
    for (const seat of seats) {
      if (seat.breaker.phase.state === "closed" && !closedAt.has(seat)) closedAt.set(seat, time.now - dueAt);
    }
  }
  fleet.stop();
  const times = [...closedAt.values()].toSorted((one, other) => one - other);
  const at = (share: number): number => Math.round(times[Math.floor(seats.length * share)] ?? Infinity);
  return {
    burst: Math.max(...asks),
    asksPerOpening: asks.reduce((sum, each) => sum + each, 0) / seats.length / 4,
    halfClosedMs: at(0.5),
    p95ClosedMs: at(0.95),
  };
}
