import { Fleet, type FleetSettings } from "./fleet.ts";
import type { SimulatedStep } from "./on-redis.ts";

/** What an outage came to. */
export interface OutageFigures {
  readonly healthyCalls: number;
  readonly outageCalls: number;
  /** Calls sent to the upstream while it was down. */
  readonly doomed: number;
  /** Requests to the store, per million healthy calls; looks by which isolates start apart. */
  readonly requestsPerMillion: number;
  readonly joinsPerMillion: number;
  /** What Upstash would bill, per million healthy calls, all requests together. */
  readonly commandsPerMillion: number;
  /** What reached the store until the outage. */
  readonly steps: readonly SimulatedStep[];
  /** Share of healthy calls that waited for the store; an isolate's first call is in it. */
  readonly waited: number;
  readonly openAfterMs: number;
  /** From the end of the outage until the last isolate that has calls is closed. */
  readonly closedAfterMs: number;
}

/** A healthy spell, an outage, and what follows. */
export async function outage(
  settings: FleetSettings,
  { healthyMs = 120_000, outageMs = 60_000, aftermathMs = 90_000 } = {},
): Promise<OutageFigures> {
  const fleet = new Fleet(settings);
  const { time, store, upstream } = fleet;
  let healthyCalls = 0;
  let waited = 0;
  let outageCalls = 0;
  let doomed = 0;
  let openAt = Infinity;
  let closedAt = 0;
  const warmUpMs = 5000;
  const begin = warmUpMs + healthyMs;
  const end = begin + outageMs;
  fleet.onCall = ({ startedAt, sentAt, waitedMs, result }) => {
    if (startedAt >= warmUpMs && startedAt < begin) {
      healthyCalls++;
      if (waitedMs > 0) waited++;
    }
    if (startedAt >= begin && startedAt < end) outageCalls++;
    if (sentAt >= begin && sentAt < end && result !== "refused") doomed++;
    if (startedAt >= end && result === "refused") closedAt = startedAt;
  };
  const steps: SimulatedStep[] = [];
  let writtenAt: number | undefined;
  store.onStep = (request, reply, record) => {
    if (time.now < begin) {
      const elapsedMs = writtenAt === undefined ? undefined : Math.round(time.now - writtenAt);
      steps.push({ request, elapsedMs, isCounted: time.now >= warmUpMs });
      if (record) writtenAt = time.now;
    }
    if (time.now >= begin && reply.state === "open") openAt = Math.min(openAt, time.now);
  };
  await time.runUntil(warmUpMs);
  const before = { ...store.spent };
  await time.runUntil(begin);
  const spent = { ...store.spent };
  upstream.isDown = true;
  await time.runUntil(end);
  upstream.isDown = false;
  await time.runUntil(end + aftermathMs);
  fleet.stop();
  const perMillion = (kind: keyof typeof spent): number =>
    Math.round(((spent[kind] - before[kind]) * 1e6) / healthyCalls);
  return {
    healthyCalls,
    outageCalls,
    doomed: doomed / outageCalls,
    requestsPerMillion: perMillion("requests"),
    joinsPerMillion: perMillion("joins"),
    commandsPerMillion: perMillion("commands"),
    steps,
    waited: waited / healthyCalls,
    openAfterMs: openAt - begin,
    closedAfterMs: closedAt - end,
  };
}
