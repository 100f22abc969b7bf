import type { FleetRequest } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";
import { Fleet, type FleetSettings } from "./fleet.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Calls, each counted under the reason for which it was sent into the outage, or waited for the store. */
export type Causes = Map<string, number>;

interface SentCall {
  readonly sentAt: number;
  readonly endedAt: number;
}

interface Asked {
  readonly type: FleetRequest["type"];
  readonly isAlone: boolean;
  readonly sentAt: number;
  answeredAt: number;
  isGranted: boolean;
}

/** So soon nothing is overdue. */
const soonMs = 150;

/** What doomed calls and waiting calls consist of, as shares of the outage's calls and of the healthy ones. */
export async function causesOf(
  settings: FleetSettings,
  { settlesMs = 5000, healthyMs = 120_000, outageMs = 60_000 } = {},
): Promise<{ readonly doomed: Causes; readonly waited: Causes; readonly figures: Record<string, number> }> {
  const asked = new Map<number, Asked[]>();
  const calls = new Map<number, SentCall[]>();
  const fleet = new Fleet({ ...settings, nearer: listening(asked) });
  const { time, store, upstream } = fleet;
  const begin = settlesMs + healthyMs;
  const end = begin + outageMs;
  const doomed: Causes = new Map();
  const waited: Causes = new Map();
  let healthyCalls = 0;
  let outageCalls = 0;
  let openAt = Infinity;
  let openings = 0;
  let wasOpen = false;
  fleet.onCall = ({ startedAt, sentAt, waitedMs, result }, seat) => {
    if (startedAt >= settlesMs && startedAt < begin) {
      healthyCalls++;
      if (waitedMs > 0) add(waited, waitOf(asked.get(seat)!, startedAt));
    }
    if (startedAt >= begin && startedAt < end) outageCalls++;
    if (sentAt >= begin && sentAt < end && result !== "refused") {
      calls.set(seat, [...(calls.get(seat) ?? []), { sentAt, endedAt: time.now }]);
    }
  };
  const kinds = new Map<string, number>();
  store.onStep = (request, reply, record) => {
    if (time.now >= settlesMs && time.now < begin) {
      const alone =
        request.type === "lease"
          ? (request.isAlone ? " alone" : " fleet") + (reply.isGranted ? " granted" : " refused")
          : request.type === "report"
            ? ` ${Math.min(request.run, 4)}`
            : "";
      add(kinds, `${request.type}${alone}${record ? " written" : ""}`);
    }
    if (time.now >= begin && reply.state === "open") openAt = Math.min(openAt, time.now);
    if (record) {
      if (record.isOpen && !wasOpen && time.now < begin) openings++;
      wasOpen = record.isOpen;
    }
  };
  await time.runUntil(settlesMs);
  const before = store.spent.commands;
  await time.runUntil(begin);
  const commands = store.spent.commands - before;
  upstream.isDown = true;
  await time.runUntil(end);
  fleet.stop();
  for (const [seat, sent] of calls) {
    for (const call of sent) add(doomed, causeOf(call, sent, asked.get(seat) ?? [], begin, openAt));
  }
  return {
    doomed: shares(doomed, outageCalls),
    waited: shares(waited, healthyCalls),
    figures: {
      openings,
      ...Object.fromEntries([...kinds].map(([kind, count]) => [kind, (count * 1e6) / healthyCalls])),
      openAfterMs: openAt - begin,
      commandsPerMillion: (commands * 1e6) / healthyCalls,
    },
  };
}

function listening(asked: Map<number, Asked[]>) {
  return (store: Store, seat: number, time: VirtualTime): Store => ({
    async step(circuit, request) {
      const isAlone = request.type === "lease" && request.isAlone;
      const note: Asked = {
        type: request.type,
        isAlone,
        sentAt: time.now,
        answeredAt: Infinity,
        isGranted: false,
      };
      const mine = asked.get(seat) ?? [];
      asked.set(seat, [...mine.slice(-30), note]);
      const reply = await store.step(circuit, request);
      note.answeredAt = time.now;
      note.isGranted = reply.isGranted;
      return reply;
    },
  });
}

function waitOf(asked: readonly Asked[], startedAt: number): string {
  const mine = asked.findLast(({ sentAt }) => sentAt === startedAt);
  if (!mine) return "for a question of another call";
  if (mine.type === "read") return "suspicion";
  if (mine.type !== "lease") return mine.type;
  return mine.isAlone ? "trial, opened alone" : "trial of the fleet";
}

function causeOf(
  { sentAt }: SentCall,
  sent: readonly SentCall[],
  asked: readonly Asked[],
  begin: number,
  openAt: number,
): string {
  if (sentAt < openAt) return "1 before the fleet was open";
  const failedAt = Math.min(...sent.map(({ endedAt }) => endedAt));
  const firstAt = Math.min(...sent.map((each) => each.sentAt));
  if (
    asked.some(
      (each) => each.type === "lease" && each.isGranted && each.answeredAt <= sentAt && each.sentAt > begin,
    )
  ) {
    return "8 trial";
  }
  if (sentAt < failedAt) {
    if (sentAt === firstAt) return "2 the isolate's first call";
    return sentAt - firstAt < soonMs ? "3 soon after its first" : "4 its first is overdue";
  }
  const told = asked.filter((each) => each.sentAt >= failedAt && each.sentAt <= sentAt);
  if (told.some((each) => each.answeredAt > sentAt)) return "5 its report is on its way";
  return told.length === 0 ? "6 its failure was not told" : "7 its report was answered before";
}

export function totalOf(causes: Causes): number {
  return [...causes.values()].reduce((all, share) => all + share, 0);
}

function add(causes: Causes, cause: string): void {
  causes.set(cause, (causes.get(cause) ?? 0) + 1);
}

function shares(causes: Causes, calls: number): Causes {
  return new Map([...causes].map(([cause, count]) => [cause, count / calls]));
}
