import type { FleetReply } from "../core/fleet-record.ts";
import type { Permit } from "../core/phase.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Verdict } from "../core/verdict.ts";
import type { StoreInUse } from "./store-in-use.ts";

/** What a shared circuit asks and tells. Without a store there is none, and none of its code is shipped. */
export interface SharedCircuit {
  /**
   * Before a call: what it has to wait for, or `undefined`, which is the rule. Never rejects.
   *
   * @param mayWait false in a prerender: what is asked then serves later calls
   * @param leaseMs how long the call may take, were it a trial, until its place goes to another
   */
  beforeCall(mayWait: boolean, leaseMs: number): Promise<void> | undefined;
  /** The fleet's decision about a call, or `undefined` where this isolate decides. */
  admit(leaseMs: number): Permit | Refusal | undefined;
  /** After a call. Nobody waits for what this starts. */
  afterCall(call: SettledCall): void;
  /** Somebody's command, for the whole fleet. */
  command(type: "open" | "close" | "half-open", isForced?: boolean, by?: string, lastsMs?: number): void;
  /** The store says by itself that the circuit has changed. */
  told?(reply: FleetReply): void;
  /** The store failed when it was last asked: this isolate is on its own. */
  isDegraded(): boolean;
  /** Kept as it is by a command to the whole fleet. */
  isForced(): boolean;
  /** @throws {RangeError} for an opening or a hold that is longer than the fleet believes; one without an end is a hold */
  checkLength?(lastsMs: number | undefined, isClosing?: boolean): void;
  readonly inUse?: StoreInUse | undefined;
}

export interface SettledCall {
  readonly permit: Permit;
  readonly verdict: Verdict;
  /** Admitted in the phase in which it settled: it counts. */
  readonly isCurrent: boolean;
  readonly durationMs: number;
  /** A stream that lives: it takes as long as it likes. */
  readonly isStream?: boolean | undefined;
  /** How long the upstream asked to be left alone. */
  readonly retryAfterMs: number | undefined;
}
