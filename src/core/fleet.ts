import {
  enoughSamples,
  type FleetPolicy,
  type FleetRecord,
  type FleetReply,
  type FleetRequest,
  mostVotes,
  oneOfJoining,
  recordLifeMs,
  type Vote,
} from "./fleet-record.ts";

export interface FleetStep {
  /** The record to keep, or `undefined` to leave what is there. */
  readonly record: FleetRecord | undefined;
  readonly reply: FleetReply;
}

/**
 * One step of a shared circuit: what its record becomes, and the answer. The model that the Redis script follows,
 * step by step.
 *
 * @param elapsedMs passed since the record was written
 */
export function fleetStep(
  stored: FleetRecord | undefined,
  request: FleetRequest,
  elapsedMs: number,
): FleetStep {
  const before = stored ? aged(stored, request, elapsedMs) : born(request.life);
  const after = transition(before, request);
  const isGranted = request.type === "lease" && after.leases.some(({ token }) => token === request.token);
  const isClamped = stored !== undefined && before.restMs !== stored.restMs - elapsedMs;
  const expiresSoon = after.isForced && elapsedMs > recordLifeMs / 2;
  const isKept = after === before && !isClamped && !expiresSoon;
  const reply = replyOf(after, request, isGranted, isClamped);
  if (stored === undefined && isKept) return { record: undefined, reply: { ...reply, life: 0 } };
  return { record: isKept ? undefined : after, reply };
}

function born(life: number): FleetRecord {
  return {
    life,
    generation: 0,
    isOpen: false,
    isForced: false,
    restMs: 0,
    trips: 0,
    successes: 0,
    votes: [],
    leases: [],
  };
}

function aged(record: FleetRecord, { longestMs }: FleetPolicy, elapsedMs: number): FleetRecord {
  const restMs = record.restMs - elapsedMs;
  return {
    ...record,
    restMs: record.isForced ? restMs : Math.min(restMs, longestMs),
    votes: record.votes.map((vote) => ({ ...vote, ageMs: vote.ageMs + elapsedMs })),
    leases: record.leases
      .map(({ token, leftMs }) => ({ token, leftMs: leftMs - elapsedMs }))
      .filter(({ leftMs }) => leftMs > 0),
  };
}

function transition(record: FleetRecord, request: FleetRequest): FleetRecord {
  const isHalfOpen = stateOf(record) === "half-open";
  switch (request.type) {
    case "read":
      return record;
    case "report":
      return record.isOpen ? record : reported(record, request);
    case "lease": {
      if (!isHalfOpen || record.leases.length + record.successes >= request.trials) return record;
      if (record.leases.some(({ token }) => token === request.token)) return record;
      return { ...record, leases: [...record.leases, { token: request.token, leftMs: request.leaseMs }] };
    }
    case "settle": {
      const leases = record.leases.filter(({ token }) => token !== request.token);
      const isStale =
        !isHalfOpen || request.generation !== record.generation || leases.length === record.leases.length;
      if (isStale) return record;
      if (request.verdict === "failure") return opened(record, request, record.trips + 1);
      const successes = record.successes + (request.verdict === "success" ? 1 : 0);
      return successes >= request.trials
        ? { ...moved(record), trips: record.trips }
        : { ...record, leases, successes };
    }
    case "open": {
      const after = opened(record, request, 1);
      return request.isForced ? { ...after, isForced: true, restMs: 0 } : after;
    }
    case "close":
      return { ...moved(record), isForced: request.isForced };
    case "half-open":
      return { ...moved(record), isOpen: true, trips: Math.max(record.trips, 1) };
  }
}

function stateOf({ isOpen, isForced, restMs }: FleetRecord): FleetReply["state"] {
  if (!isOpen) return "closed";
  return isForced || restMs > 0 ? "open" : "half-open";
}

function reported(record: FleetRecord, request: Extract<FleetRequest, { type: "report" }>): FleetRecord {
  const { reporter, sequence, run } = request;
  // Seen before the last transition: it says nothing about the time since.
  if (request.seen >= 0 && request.seen !== record.generation) return record;
  const fresh = record.votes.filter((vote) => vote.ageMs < request.windowMs);
  const mine = fresh.find((vote) => vote.reporter === reporter);
  if (mine && mine.sequence >= sequence) return record;
  const others = fresh.filter((vote) => vote !== mine);
  while (others.length >= mostVotes) {
    const alarm = others.findIndex((vote) => vote.run === 1);
    others.splice(Math.max(alarm, 0), 1);
  }
  const votes: Vote[] = [...others, { reporter, sequence, run, ageMs: 0 }];
  if (!record.isForced && carry(votes, request)) return opened(record, request, tripsNow(record, request));
  return { ...record, votes };
}

/** Whether these votes open the circuit. Where there are good samples it takes more bad ones: chance is at work. */
function carry(votes: readonly Vote[], { quorum, threshold, sharePercent }: FleetPolicy): boolean {
  const bad = votes.filter(({ run }) => run > 1);
  const good = votes.filter(({ run }) => run === 0).length;
  const failures = bad.reduce((sum, { run }) => sum + run, 0);
  return (
    failures >= threshold &&
    bad.length >= quorum + Math.min(good, quorum) &&
    bad.length * 100 >= (bad.length + good) * sharePercent
  );
}

/** Openings add up unless the circuit was closed for longer than it had last been open. */
function tripsNow({ trips, restMs }: FleetRecord, { openMs }: FleetPolicy): number {
  return trips > 0 && -restMs <= openMsAt(trips, openMs) ? trips + 1 : 1;
}

function openMsAt(trips: number, openMs: readonly number[]): number {
  return openMs[Math.min(trips, openMs.length) - 1]!;
}

function opened(record: FleetRecord, { openMs }: FleetPolicy, trips: number): FleetRecord {
  return { ...moved(record), isOpen: true, restMs: openMsAt(trips, openMs), trips };
}

/** The next generation, closed: what was known and granted in the one before is void. */
function moved({ life, generation }: FleetRecord): FleetRecord {
  return { ...born(life), generation: generation + 1 };
}

/** Isolates that have just started need not all tell, or a fleet of short lives would do nothing else. */
function wantsSample(votes: readonly Vote[], { windowMs, life }: FleetRequest): boolean {
  const recent = votes.filter(({ run, ageMs }) => run !== 1 && ageMs < windowMs / 10);
  const isAsked = recent.length < enoughSamples || life % oneOfJoining === 0;
  return isAsked && votes.some(({ ageMs }) => ageMs < windowMs);
}

function replyOf(
  record: FleetRecord,
  request: FleetRequest,
  isGranted: boolean,
  isRepaired: boolean,
): FleetReply {
  const { life, generation, restMs, trips, leases, isForced } = record;
  const state = stateOf(record);
  const firstLease = Math.min(...leases.map(({ leftMs }) => leftMs));
  const openMs = isForced ? recordLifeMs : restMs;
  const waitMs = state === "open" ? openMs : state === "half-open" && leases.length > 0 ? firstLease : 0;
  const isSuspect = state === "closed" && wantsSample(record.votes, request);
  return { life, generation, state, waitMs, trips, isGranted, isSuspect, isForced, isRepaired };
}
