import type { FleetRecord, FleetReply, FleetRequest } from "../../src/core/fleet-record.ts";
import type { FleetRules } from "../../src/core/fleet-rules.ts";
import { closed } from "../../src/core/machine.ts";
import { type FleetTrial, type Member, newMember, type Question } from "../../src/core/member.ts";
import type { Permit, Phase } from "../../src/core/phase.ts";
import { type Policy, resolvePolicy } from "../../src/core/policy.ts";
import { trials as inFull, type TrialsOptions } from "../../src/core/trials.ts";

/** Everything there is: isolates, one store, one upstream, what is on its way between them. Copied, never changed. */
export interface World {
  now: number;
  isUp: boolean;
  isStoreUp: boolean;
  record: FleetRecord | undefined;
  writtenAt: number;
  /** The store tells everybody of a new generation. */
  readonly pushes: boolean;
  /** Of who wrote the record: older isolates cannot read it. */
  version: number;
  /** An old copy of the record, that a replica or a backup may bring back. */
  copy: { record: FleetRecord; writtenAt: number } | undefined;
  isolates: Isolate[];
  messages: Message[];
  /** What may still happen, by its name. */
  left: Readonly<Record<string, number>>;
  /** A promise that was broken on the way here. */
  broken: string | undefined;
}

export interface Isolate {
  readonly name: string;
  readonly policy: Policy;
  /** Ticks that a message takes at least. */
  readonly distance: number;
  /** It knows that it is farther away than its calls wait. */
  readonly isFar: boolean;
  readonly mayWait: boolean;
  readonly rules: FleetRules;
  readonly version: number;
  /** Its calls take time, so that one can be overdue. */
  readonly suspects: boolean;
  /** It cannot reach the upstream, whatever its state. */
  isCutOff: boolean;
  isFrozen: boolean;
  isGone: boolean;
  reporter: number;
  count: number;
  member: Member;
  phase: Phase;
  calls: Call[];
  timers: { readonly at: number; readonly token: number }[];
  /** Questions whose patience runs. */
  open: { readonly question: Question; readonly until: number }[];
  /** Errors of the store in a row. */
  errors: number;
  restsUntil: number;
  /** Number of its last command that the store has carried out. */
  obeyed: number;
  /** Circuits of before, which the registry has forgotten: they hear what is still on its way to them. */
  former: { readonly member: Member; readonly calls: readonly Call[] } | undefined;
}

export interface Call {
  readonly id: number;
  /** Of the question that it waits for; then it has no permit. */
  readonly waitsFor: number | undefined;
  /** It goes on without an answer, or is cut off by its timeout. */
  readonly until: number;
  readonly permit: Permit | FleetTrial | undefined;
  readonly since: number;
}

export interface Message {
  readonly from: number;
  readonly isFormer: boolean;
  readonly question: Question;
  readonly request: FleetRequest;
  /** On its way back, with this. */
  readonly reply: FleetReply | undefined;
  /** On its way back without an answer: the store is down, or the record was written by a newer version. */
  readonly fault?: "down" | "newer" | undefined;
  readonly arrivesAt: number;
  /** Held up: time does not wait for it. */
  readonly isLate: boolean;
  /** Nobody has asked. */
  readonly isPush?: true;
}

/** A step of time. All lengths of time are some of these. */
export const tickMs = 1000;

export const rules: FleetRules = {
  quorum: 2,
  sharePercent: 50,
  windowMs: 10_000,
  boundMs: 1000,
  storeTimeoutMs: 4000,
  heartbeatMs: 1e9,
};

export const resetMs = 3000;
const timeoutMs = 2000;

export interface IsolateOptions {
  readonly trials?: number;
  readonly inFull?: TrialsOptions;
  readonly threshold?: number;
  readonly resetMs?: number;
  readonly distance?: number;
  readonly isFar?: boolean;
  readonly mayWait?: boolean;
  readonly isCutOff?: boolean;
  readonly whenLost?: "refuse";
  /** The version before writes 1. */
  readonly version?: 1;
  readonly suspects?: boolean;
  /** Of the store, in a row, before it begins. */
  readonly errors?: number;
}

export function isolate(index: number, options: IsolateOptions = {}): Isolate {
  const { trials = 2, threshold = 3, distance = 0, mayWait = true, isCutOff = false } = options;
  const given = {
    failureThreshold: threshold,
    halfOpenRetries: options.inFull ? inFull(options.inFull) : trials,
    resetTimeout: options.resetMs ?? resetMs,
  };
  const policy: Policy = { ...resolvePolicy(given, timeoutMs), trialLeaseMs: timeoutMs + tickMs };
  return {
    name: "ABC"[index]!,
    policy,
    distance,
    isFar: options.isFar ?? false,
    mayWait,
    rules: options.whenLost ? { ...rules, whenLost: options.whenLost } : rules,
    version: options.version ?? 2,
    suspects: options.suspects ?? false,
    isCutOff,
    isFrozen: false,
    isGone: false,
    reporter: index + 1,
    count: 0,
    member: newMember,
    phase: closed(0, policy, 0),
    calls: [],
    timers: [],
    open: [],
    errors: 0,
    restsUntil: -Infinity,
    obeyed: 0,
    former: undefined,
  };
}

export function world(isolates: Isolate[], left: Readonly<Record<string, number>>, pushes = false): World {
  return {
    pushes,
    now: 0,
    isUp: true,
    isStoreUp: true,
    record: undefined,
    writtenAt: 0,
    version: 0,
    copy: undefined,
    isolates,
    messages: [],
    left,
    broken: undefined,
  };
}

/** A copy that may be changed down to the lists of its isolates. */
export function draftOf(before: World): World {
  return {
    ...before,
    messages: [...before.messages],
    isolates: before.isolates.map((each) => ({
      ...each,
      calls: [...each.calls],
      timers: [...each.timers],
      open: [...each.open],
    })),
  };
}

/** Times count from now, so that the same situation is found again whenever it comes. */
const times = new Set(["until", "since", "deadline", "writtenAt", "askedAt", "askAt", "at", "arrivesAt"]);
for (const each of ["reportsUntil", "reportedAt", "restsUntil", "quietSince"]) times.add(each);
const longAgo = -60_000;

/** A number for each situation that differs in what can follow from it. */
export function keyOf({ now, left, isolates, messages, ...rest }: World, isWithoutBudget = false): number {
  const relative = (name: string, value: unknown): unknown => {
    if (typeof value !== "number") return value;
    if (name === "allowance" || name === "looks") return Math.floor(value);
    if (name === "longestOpeningMs" || name === "reluctance") return Math.round(value);
    if (!Number.isFinite(value)) return String(value);
    return times.has(name) ? Math.max(value - now, longAgo) : value;
  };
  const text = (what: unknown): string => JSON.stringify(what, relative);
  const each = isolates.map(
    ({ policy: _policy, rules: _rules, name: _name, calls, open, former, ...isolate }) =>
      text([
        isolate,
        anyOrder(calls.map(callKey)),
        anyOrder(open.map(({ question, until }) => [question.number, question.why, until - now])),
        former && [former.member, anyOrder(former.calls.map(callKey))],
      ]),
  );
  const onTheWay = messages.map(
    ({ question, reply, fault, arrivesAt, isLate, from, isFormer, request, isPush }) =>
      text([from, isFormer, isLate, arrivesAt - now, request.life, question, reply, fault, isPush]),
  );
  function callKey({ waitsFor, until, permit, since }: Call): unknown[] {
    return [waitsFor, until - now, since - now, permit && { ...permit, tally: undefined }];
  }
  function anyOrder(these: unknown[]): string[] {
    return these.map(text).toSorted();
  }
  return hash([text(rest), ...each, ...onTheWay.toSorted(), isWithoutBudget ? "" : text(left)].join());
}

/** 53 bits: two situations of a million share theirs once in ten thousand runs. */
function hash(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
