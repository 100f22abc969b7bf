import {
  badWindows,
  calmWindows,
  enoughSamples,
  type FleetPolicy,
  type FleetRecord,
  type FleetReply,
  type FleetRequest,
  longestLeaseMs,
  mostLeases,
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
  const found = stored ? aged(stored, request, elapsedMs) : newRecord(request.life);
  const before = stayed(found, request);
  const after = transition(before, request);
  const hasMoved = after.generation !== before.generation;
  const isGranted =
    (isCommand(request) && hasMoved) ||
    (request.type === "lease" && !hasMoved && wantsTrial(after, request) && holds(after, request.token));
  const isClamped = stored !== undefined && !stored.isForced && found.restMs !== stored.restMs - elapsedMs;
  const isKept = after === found && !isClamped;
  const reply = replyOf(after, request, isGranted, isClamped);
  if (stored === undefined && isKept) return { record: undefined, reply: { ...reply, life: 0 } };
  return { record: isKept ? undefined : after, reply };
}

/** A circuit that nobody has told of. */
export function newRecord(life: number): FleetRecord {
  return {
    life,
    generation: 0,
    isOpen: false,
    isForced: false,
    restMs: 0,
    trips: 0,
    successes: 0,
    failures: 0,
    firstTrialMs: -1,
    lastTrialMs: 0,
    votes: [],
    leases: [],
  };
}

function aged(record: FleetRecord, policy: FleetPolicy, elapsedMs: number): FleetRecord {
  // It has no time to live, and so no clock.
  if (record.isForced) return record;
  const { longestOpeningMs } = policy;
  const sinceTrialMs = record.firstTrialMs < 0 ? 0 : elapsedMs;
  return {
    ...record,
    restMs: Math.min(record.restMs - elapsedMs, record.isOpen ? longestOpeningMs : recordLifeMs),
    firstTrialMs: record.firstTrialMs + sinceTrialMs,
    lastTrialMs: record.lastTrialMs + sinceTrialMs,
    votes: record.votes.map((vote) => ({ ...vote, ageMs: vote.ageMs + elapsedMs })),
    leases: record.leases
      .map(({ token, leftMs }) => ({ token, leftMs: bounded(leftMs, policy) - elapsedMs }))
      .filter(({ leftMs }) => leftMs > 0),
  };
}

function bounded(leaseMs: number, { longestOpeningMs }: FleetPolicy): number {
  return Math.min(leaseMs, Math.max(longestOpeningMs, longestLeaseMs));
}

/** Half-open for as long as it may be, and undecided: it has been open again since then. That is no failure. */
function stayed(record: FleetRecord, request: FleetRequest): FleetRecord {
  const { firstTrialMs, trips } = record;
  const { stayMs, openMs } = request;
  const isOver = stateOf(record) === "half-open" && stayMs > 0 && firstTrialMs >= stayMs;
  if (!isOver) return record;
  const after = opened(record, request, trips);
  return { ...after, restMs: openMsAt(trips, openMs) - (firstTrialMs - stayMs) };
}

function transition(record: FleetRecord, request: FleetRequest): FleetRecord {
  const isHalfOpen = stateOf(record) === "half-open";
  // A command that was sent before the last transition would undo what has come since.
  if (isCommand(request) && (request.seen ?? -1) >= 0 && request.seen !== record.generation) return record;
  switch (request.type) {
    case "read":
      return record;
    case "report":
      return record.isOpen || isHeldClosed(record) ? record : reported(record, request);
    case "lease":
      return leased(record, request);
    case "settle": {
      const leases = record.leases.filter(({ token }) => token !== request.token);
      if (leases.length === record.leases.length) return record;
      const freed = { ...record, leases };
      // Granted before the last transition: it says nothing of the time since.
      if (!isHalfOpen || request.generation !== record.generation) return freed;
      const failures = record.failures + (request.verdict === "failure" ? 1 : 0);
      if (failures > record.failures && failures > request.tolerated) {
        return opened(freed, request, record.trips + 1);
      }
      const successes = record.successes + (request.verdict === "success" ? 1 : 0);
      return successes >= request.trials ? recovered(freed) : { ...freed, successes, failures };
    }
    case "open": {
      const after = opened(record, request, 1);
      return request.isForced ? { ...after, isForced: true, restMs: 0 } : after;
    }
    case "close":
      return request.forMs === undefined
        ? { ...moved(record), isForced: request.isForced }
        : { ...moved(record), restMs: Math.min(request.forMs, recordLifeMs) };
    case "half-open":
      return { ...moved(record), isOpen: true, trips: Math.max(record.trips, 1) };
  }
}

function isCommand(
  request: FleetRequest,
): request is FleetRequest & { type: "open" | "close" | "half-open" } {
  return request.type === "open" || request.type === "close" || request.type === "half-open";
}

/** A place for a trial, where there is need of one and a place is free. Asked for again it is held for longer. */
function leased(record: FleetRecord, request: Extract<FleetRequest, { type: "lease" }>): FleetRecord {
  if (!wantsTrial(record, request)) return record;
  // Somebody else may have wanted more of them.
  if (record.isOpen && record.successes >= request.trials) return recovered(record);
  const held = record.leases.find(({ token }) => token === request.token);
  const others = record.leases.filter((each) => each !== held);
  const leftMs = Math.max(held?.leftMs ?? 0, bounded(request.leaseMs, request));
  const lease = { token: request.token, leftMs };
  if (held) return { ...record, leases: [...others, lease] };
  const running = others.length;
  const isFull =
    running >= Math.min(request.concurrent, mostLeases) || running + record.successes >= request.trials;
  if (isFull || pauseMs(record, request) > 0) return record;
  const firstTrialMs = Math.max(record.firstTrialMs, 0);
  return { ...record, firstTrialMs, lastTrialMs: 0, leases: [...others, lease] };
}

/** Until the next trial may begin. */
function pauseMs({ firstTrialMs, lastTrialMs }: FleetRecord, { everyMs }: FleetPolicy): number {
  return firstTrialMs < 0 ? 0 : Math.max(everyMs - lastTrialMs, 0);
}

/** Half-open, or soon; or closed, for an isolate that has opened alone: its trials count among the fleet's. */
function wantsTrial(
  record: FleetRecord,
  { isAlone, aheadMs = 0 }: { readonly isAlone: boolean; readonly aheadMs?: number | undefined },
): boolean {
  const { isOpen, isForced, restMs } = record;
  return isOpen ? !isForced && restMs <= Math.max(aheadMs, 0) : !isHeldClosed(record) && isAlone;
}

/** For good, or for as long as is left of it. */
function isHeldClosed({ isOpen, isForced, restMs }: FleetRecord): boolean {
  return !isOpen && (isForced || restMs > 0);
}

function holds({ leases }: FleetRecord, wanted: number): boolean {
  return leases.some(({ token }) => token === wanted);
}

function recovered(record: FleetRecord): FleetRecord {
  return { ...moved(record), trips: record.trips };
}

function stateOf({ isOpen, isForced, restMs }: FleetRecord): FleetReply["state"] {
  if (!isOpen) return "closed";
  return isForced || restMs > 0 ? "open" : "half-open";
}

function reported(record: FleetRecord, request: Extract<FleetRequest, { type: "report" }>): FleetRecord {
  const { reporter, sequence, run } = request;
  // Seen before the last transition: it says nothing about the time since.
  if (request.seen >= 0 && request.seen !== record.generation) return record;
  const { windowMs } = request;
  const fresh = record.votes.filter(
    ({ run, ageMs }) => ageMs < windowMs * (run === 0 ? calmWindows : run > 1 ? badWindows : 1),
  );
  const mine = fresh.find((vote) => vote.reporter === reporter);
  if (mine && mine.sequence >= sequence) return record;
  const others = fresh.filter((vote) => vote !== mine);
  while (others.length >= mostVotes) {
    const alarm = others.findIndex((vote) => vote.run === 1);
    const weakest = alarm < 0 ? others.findIndex((vote) => hasFaded(vote, windowMs)) : alarm;
    others.splice(Math.max(weakest, 0), 1);
  }
  const votes: Vote[] = [...others, { reporter, sequence, run, ageMs: request.isFaded ? windowMs : 0 }];
  if (carry(votes, request)) return opened(record, request, tripsNow(record, request));
  return { ...record, votes };
}

/**
 * Whether these votes open the circuit. Where there are good samples, or have been lately, it takes more bad ones: chance
 * is at work. Bad ones that have faded count only together with one more than that.
 */
function carry(votes: readonly Vote[], { quorum, threshold, sharePercent, windowMs }: FleetPolicy): boolean {
  const bad = votes.filter(({ run }) => run > 1);
  const good = votes.filter(({ run, ageMs }) => run === 0 && ageMs < windowMs).length;
  const earlier = votes.filter(({ run, ageMs }) => run === 0 && ageMs >= windowMs).length;
  const isEnough = (these: readonly Vote[], more: number): boolean =>
    these.reduce((sum, { run }) => sum + run, 0) >= threshold &&
    these.length >= quorum + more &&
    these.length * 100 >= (these.length + good) * sharePercent;
  const fresh = bad.filter((vote) => !hasFaded(vote, windowMs));
  return (
    isEnough(fresh, Math.min(good, quorum) + Math.min(earlier, quorum)) || isEnough(bad, 1 + good + earlier)
  );
}

function hasFaded({ run, ageMs }: Vote, windowMs: number): boolean {
  return run > 1 && ageMs >= windowMs;
}

/** Openings add up unless the circuit was closed for longer than it had last been open. */
function tripsNow({ trips, restMs }: FleetRecord, { openMs }: FleetPolicy): number {
  return trips > 0 && -restMs <= openMsAt(trips, openMs) ? trips + 1 : 1;
}

function openMsAt(trips: number, openMs: readonly number[]): number {
  return openMs[Math.max(Math.min(trips, openMs.length), 1) - 1]!;
}

function opened(record: FleetRecord, { openMs }: FleetPolicy, trips: number): FleetRecord {
  return { ...moved(record), isOpen: true, restMs: openMsAt(trips, openMs), trips };
}

/** The next generation, closed: what was known in the one before is void. Trials that run keep their places. */
function moved({ life, generation, leases }: FleetRecord): FleetRecord {
  return { ...newRecord(life), generation: generation + 1, leases };
}

/**
 * Isolates that have just started need not all tell, or a fleet of short lives would do nothing else. Who reports is
 * told whether others have bad samples: then a good one is wanted as well.
 */
function wantsSample(votes: readonly Vote[], request: FleetRequest): boolean {
  const { windowMs, life } = request;
  if (request.type === "report") {
    return votes.some(
      (vote) => vote.run > 1 && vote.ageMs < windowMs * badWindows && vote.reporter !== request.reporter,
    );
  }
  const recent = votes.filter(({ run, ageMs }) => run !== 1 && ageMs < windowMs / 10);
  const isAsked = recent.length < enoughSamples || life % oneOfJoining === 0;
  return isAsked && votes.some(({ run, ageMs }) => ageMs < windowMs * (run > 1 ? badWindows : 1));
}

function replyOf(
  record: FleetRecord,
  request: FleetRequest,
  isGranted: boolean,
  isRepaired: boolean,
): FleetReply {
  const { life, generation, trips, restMs } = record;
  const state = stateOf(record);
  const isForced = record.isForced || isHeldClosed(record);
  const heldMs = record.isForced ? 0 : Math.max(restMs, 0);
  const waitMs =
    state === "open" ? openLeftMs(record) : state === "half-open" ? placeMs(record, request) : heldMs;
  const isSuspect = state === "closed" && wantsSample(record.votes, request);
  const closedMs = state === "closed" && trips > 0 ? Math.max(-restMs, 0) : undefined;
  return { life, generation, state, waitMs, trips, closedMs, isGranted, isSuspect, isForced, isRepaired };
}

function openLeftMs({ isForced, restMs }: FleetRecord): number {
  return isForced ? recordLifeMs : restMs;
}

/** Until a place for a trial is free at the latest, and the next may begin. */
function placeMs(record: FleetRecord, request: FleetRequest): number {
  const left = record.leases.map(({ leftMs }) => leftMs);
  return Math.max(left.length > 0 ? Math.min(...left) : 0, pauseMs(record, request));
}
