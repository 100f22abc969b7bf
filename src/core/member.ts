import type { FleetReply, OwnRequest } from "./fleet-record.ts";
import type { FleetRules } from "./fleet-rules.ts";
import { type Evidence, nothingToTell } from "./member-evidence.ts";
import { type Knowledge, knowsNothing } from "./member-knowledge.ts";
import { type LatencyDetector, newDetector } from "./latency-detector.ts";
import { longAgo } from "./duration.ts";
import type { Phase, Trial } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** One isolate's part in a shared circuit. Immutable: every step answers with the member that follows. */
export interface Member {
  readonly relation: Relation;
  readonly known: Knowledge;
  readonly evidence: Evidence;
  readonly latency: LatencyDetector;
  /** A trial's place whose trial is a call that was already under way when the grant came. */
  readonly rider: Rider | undefined;
  /** A report is on its way until then. After that nothing is expected of it: its request may have ended. */
  readonly reportsUntil: number;
  /** A question about a suspicion is on its way: calls that start until then wait for its answer. */
  readonly awaited: { readonly number: number; readonly until: number } | undefined;
  /** Questions are numbered: an answer that a later one has overtaken is not heard. */
  readonly asked: number;
  readonly answered: number;
  readonly askedAt: number;
  /** How long the call may take that asked for a trial last. */
  readonly leaseMs: number;
  /** A command that was given here, while the store has not answered to it. */
  readonly commanded: Commanded | undefined;
  /** Trials without leave have succeeded, and the next may follow. */
  readonly recovers: boolean;
  /** How long the upstream last asked to be left alone. */
  readonly retryAfterMs: number | undefined;
}

export interface Commanded {
  readonly given: Command;
  /** Of its question. */
  readonly number: number;
  /** An answer is expected no longer than this. */
  readonly until: number;
  /** How often it has been sent. */
  readonly times: number;
}

export interface Command {
  readonly command: "open" | "close" | "half-open";
  readonly isForced: boolean;
  /** How long it is to stay open, as long as the policy says by default; or to be held closed. */
  readonly lastsMs?: number | undefined;
}

/** In what relation the isolate is to its fleet. */
export type Relation =
  /** It has asked nothing yet. */
  | { readonly is: "stranger" }
  /** Its first look is on its way; calls wait for it until then, and go out after that. */
  | {
      readonly is: "joining";
      readonly until: number;
      /** Of its question. */
      readonly number: number;
      /** What came of calls that went out all the same; slow is too slow for a trial. */
      readonly saw: "success" | "slow" | "failure" | undefined;
    }
  /** Closed, as the fleet is as far as it knows. */
  | { readonly is: "closed" }
  /** The fleet is open or half-open, and so is it. */
  | { readonly is: "follows"; readonly trial: Wish }
  /** It has opened by its own rule, in a fleet that is closed. */
  | { readonly is: "alone"; readonly trial: Wish }
  /** The store is lost: it decides for itself until there is an answer. */
  | { readonly is: "lost" }
  /** The store is lost, and the app wants no call to go out without it. */
  | { readonly is: "refuses" }
  /** Its circuit has been forgotten: what is granted to it goes back. */
  | { readonly is: "ended" };

/** How far an isolate is on its way to a trial. */
export type Wish =
  /** The token of a question without an answer is asked with again: its place may have been granted. */
  | { readonly is: "none"; readonly askAt: number; readonly token: number | undefined }
  | { readonly is: "asked"; readonly token: number; readonly number: number; readonly askedAt: number }
  | ({ readonly is: "granted" } & Grant)
  /** Without leave, for the call that may not wait for it and starts now. */
  | { readonly is: "unasked" };

/** Permission of the fleet for one trial. */
export interface Leave {
  readonly token: number;
  readonly generation: number;
}

/** A place that waits for its call. */
export interface Grant {
  readonly leave: Leave;
  readonly until: number;
  /** For calls that take no longer than this. */
  readonly leaseMs: number;
}

/** A trial of the fleet. Its permit says by whose leave it runs. */
export interface FleetTrial extends Trial {
  readonly leave: Leave | "none";
  /** The place as it was granted. */
  readonly grant: Grant | undefined;
}

export interface Rider extends Leave {
  /** Of the breaker's phase that let the call through. */
  readonly phase: number;
}

/** Why the store is asked; what is made of the answer depends on it. */
export type Why = "join" | "look" | "trial" | "confirm" | "report" | "settle" | "settle again" | "command";

export interface Question {
  readonly number: number;
  readonly why: Why;
  readonly request: DraftRequest;
  readonly askedAt: number;
  /** Of a command. */
  readonly openMs?: number | undefined;
}

/** A request as far as the member knows it: who reports, and the how manieth time, the shell adds. */
export type DraftRequest =
  | Exclude<OwnRequest, { readonly type: "report" }>
  | { readonly type: "report"; readonly run: number; readonly seen: number; readonly isFaded: boolean };

export type MemberEvent =
  /** A call is about to start. `mayWait` is false in a prerender; `sharesWork` where one request may wait for another's. */
  | {
      readonly type: "call";
      readonly mayWait: boolean;
      readonly sharesWork: boolean;
      /** How long it holds its place, were it a trial: its own timeout, and a little. */
      readonly leaseMs: number;
    }
  | {
      readonly type: "settled";
      readonly permit: {
        readonly generation: number;
        readonly leave?: Leave | "none";
        readonly grant?: Grant | undefined;
      };
      readonly verdict: "success" | "failure" | "ignored";
      /** Admitted in the phase in which it settled: it counts. */
      readonly isCurrent: boolean;
      readonly durationMs: number;
      /** A stream that lives: it takes as long as it likes. */
      readonly isStream?: boolean | undefined;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly type: "answered"; readonly question: Question; readonly reply: FleetReply }
  | { readonly type: "unanswered"; readonly question: Question; readonly isLost: boolean }
  /** The time of a grant that nobody used may be over. */
  | { readonly type: "elapsed"; readonly token: number }
  | ({ readonly type: "commanded" } & Command)
  /** The store says by itself that a circuit has changed. */
  | { readonly type: "told"; readonly reply: FleetReply }
  /** The registry has forgotten the circuit. */
  | { readonly type: "ended" };

export type Effect =
  | { readonly type: "ask"; readonly question: Question }
  /** The call that starts waits for the answer to this question, no longer than that. */
  | { readonly type: "wait"; readonly number: number; readonly ms: number }
  /** Come back with `elapsed` after so long. */
  | { readonly type: "keep"; readonly token: number; readonly ms: number }
  | { readonly type: "become"; readonly phase: Phase; readonly reason: "fleet" | "time" };

/** What is around the member as it decides. */
export interface View {
  readonly phase: Phase;
  readonly policy: Policy;
  readonly rules: FleetRules;
  readonly inFlight: number;
  /** The store is known to be farther away than calls wait. */
  readonly isFar: boolean;
  readonly now: number;
  /** From 0 to 1: the dice are thrown outside. */
  readonly random: number;
  /** For a question that asks for a place: positive, another in each view. */
  readonly token: number;
}

/** What follows from an event. */
export interface Turn {
  readonly member: Member;
  readonly effects: readonly Effect[];
}

export const newMember: Member = {
  relation: { is: "stranger" },
  known: knowsNothing,
  evidence: nothingToTell,
  latency: newDetector,
  rider: undefined,
  reportsUntil: longAgo,
  awaited: undefined,
  asked: 0,
  answered: 0,
  askedAt: longAgo,
  leaseMs: 0,
  commanded: undefined,
  recovers: false,
  retryAfterMs: undefined,
};

/** A wish that may be asked for at once. */
export const noWish: Wish = { is: "none", askAt: longAgo, token: undefined };

/**
 * Whether the fleet opens by failures in a row of all its isolates together. What else a rule counts is the isolate's
 * own: the fleet opens when enough isolates have opened by it.
 */
export function poolsFailures({ opensOn }: Policy): boolean {
  return opensOn.inARow !== undefined;
}

/** Failures in a row by which a circuit opens, as far as its rule counts them. */
export function thresholdOf({ opensOn, options }: Policy): number {
  return Math.max(opensOn.inARow ?? options.failureThreshold ?? 3, 2);
}
