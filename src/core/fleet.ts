/**
 * One circuit as the whole fleet shares it: the model that the Redis script follows, step by step. Times are
 * milliseconds left or passed at the moment of reading; a record's own expiry is the only clock there is.
 */
export interface FleetRecord {
  /** Random, chosen anew whenever the record begins: generations of different lives do not compare. */
  readonly life: number;
  readonly generation: number;
  readonly isOpen: boolean;
  /** Milliseconds until trials; 0 and less is half-open. Means nothing while closed. */
  readonly openMs: number;
  readonly trips: number;
  /** Trials that have succeeded since half-open. */
  readonly successes: number;
  readonly votes: readonly Vote[];
  readonly leases: readonly Lease[];
}

/** What one isolate has seen lately. */
export interface Vote {
  readonly reporter: number;
  /** Number of its last report: one that comes twice counts once. */
  readonly sequence: number;
  readonly failures: number;
  readonly successes: number;
  readonly ageMs: number;
}

/** A trial that is running somewhere. */
export interface Lease {
  readonly token: number;
  readonly leftMs: number;
}

/** What an isolate asks of the record. One request, one atomic step. */
export type FleetRequest = FleetPolicy & { readonly life: number } & (
    | { readonly type: "read" }
    | {
        readonly type: "report";
        readonly reporter: number;
        readonly sequence: number;
        readonly failures: number;
        readonly successes: number;
        /** Generation in which this was seen, or -1 when unknown. */
        readonly seen: number;
      }
    | { readonly type: "lease"; readonly token: number }
    | {
        readonly type: "settle";
        readonly token: number;
        readonly generation: number;
        readonly verdict: "success" | "failure" | "ignored";
      }
    | { readonly type: "open" | "close" | "half-open" }
  );

export interface FleetPolicy {
  /** Distinct isolates that must have seen failures. */
  readonly quorum: number;
  /** Failures of all together. */
  readonly threshold: number;
  /** Share of failures among what the reporters saw, in percent. */
  readonly sharePercent: number;
  /** How long a report counts. */
  readonly windowMs: number;
  /** How long to stay open, at the first, second, … opening in a row; the last holds for all further ones. */
  readonly openMs: readonly number[];
  readonly trials: number;
  readonly leaseMs: number;
}

/** The fleet's verdict, in whole numbers. */
export interface FleetReply {
  readonly life: number;
  readonly generation: number;
  readonly state: "closed" | "open" | "half-open";
  /** Until trials, or until a place for a trial may be free. */
  readonly waitMs: number;
  readonly trips: number;
  readonly isGranted: boolean;
}

export interface FleetStep {
  /** The record to keep, or `undefined` to leave what is there. */
  readonly record: FleetRecord | undefined;
  readonly reply: FleetReply;
}

export const mostVotes = 16;

/** One step: what the record becomes, and the answer. `elapsedMs` has passed since the record was written. */
export function fleetStep(
  stored: FleetRecord | undefined,
  request: FleetRequest,
  elapsedMs: number,
): FleetStep {
  const now = stored ? aged(stored, elapsedMs) : born(request.life);
  const after = transition(now, request);
  const isGranted = request.type === "lease" && after.leases.some(({ token }) => token === request.token);
  return { record: after === now ? undefined : after, reply: replyOf(after, isGranted) };
}

function born(life: number): FleetRecord {
  return { life, generation: 0, isOpen: false, openMs: 0, trips: 0, successes: 0, votes: [], leases: [] };
}

function aged(record: FleetRecord, elapsedMs: number): FleetRecord {
  return {
    ...record,
    openMs: record.openMs - elapsedMs,
    votes: record.votes.map((vote) => ({ ...vote, ageMs: vote.ageMs + elapsedMs })),
    leases: record.leases
      .map(({ token, leftMs }) => ({ token, leftMs: leftMs - elapsedMs }))
      .filter(({ leftMs }) => leftMs > 0),
  };
}

function transition(record: FleetRecord, request: FleetRequest): FleetRecord {
  const isHalfOpen = record.isOpen && record.openMs <= 0;
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
      if (request.verdict === "failure") return opened(record, request);
      const successes = record.successes + (request.verdict === "success" ? 1 : 0);
      return successes >= request.trials ? closed(record, record.trips) : { ...record, leases, successes };
    }
    case "open":
      return opened(record, request);
    case "close":
      return closed(record, 0);
    case "half-open":
      return { ...opened(record, request), openMs: 0 };
  }
}

function reported(record: FleetRecord, request: Extract<FleetRequest, { type: "report" }>): FleetRecord {
  const { reporter, sequence, failures, successes, windowMs } = request;
  // Seen before the last transition: it says nothing about the time since.
  if (request.seen >= 0 && request.seen !== record.generation) return record;
  const fresh = record.votes.filter((vote) => vote.ageMs < windowMs);
  const mine = fresh.find((vote) => vote.reporter === reporter);
  if (mine && mine.sequence >= sequence) return record;
  const others = fresh.filter((vote) => vote !== mine).slice(-(mostVotes - 1));
  const vote: Vote = {
    reporter,
    sequence,
    failures: failures + (mine?.failures ?? 0),
    successes: successes + (mine?.successes ?? 0),
    ageMs: 0,
  };
  const votes = [...others, vote];
  const failed = votes.reduce((sum, each) => sum + each.failures, 0);
  const all = votes.reduce((sum, each) => sum + each.failures + each.successes, 0);
  const voters = votes.filter((each) => each.failures > 0).length;
  const trips =
    voters >= request.quorum && failed >= request.threshold && failed * 100 >= all * request.sharePercent;
  return trips ? opened(record, request) : { ...record, votes };
}

function opened(record: FleetRecord, { openMs }: FleetPolicy): FleetRecord {
  const trips = record.trips + 1;
  return {
    ...record,
    generation: record.generation + 1,
    isOpen: true,
    openMs: openMs[Math.min(trips, openMs.length) - 1]!,
    trips,
    successes: 0,
    votes: [],
    leases: [],
  };
}

function closed(record: FleetRecord, trips: number): FleetRecord {
  const generation = record.generation + 1;
  return { ...record, generation, isOpen: false, openMs: 0, trips, successes: 0, votes: [], leases: [] };
}

function replyOf(record: FleetRecord, isGranted: boolean): FleetReply {
  const { life, generation, isOpen, openMs, trips, leases } = record;
  const state = !isOpen ? "closed" : openMs > 0 ? "open" : "half-open";
  const firstLease = Math.min(...leases.map(({ leftMs }) => leftMs));
  const waitMs = state === "open" ? openMs : state === "half-open" && leases.length > 0 ? firstLease : 0;
  return { life, generation, state, waitMs, trips, isGranted };
}
