import type { CircuitState } from "../core/phase.ts";
import type { FleetRecord } from "../core/fleet-record.ts";
import type { GivenCommand, ListedCircuit, StoreListing } from "../core/store-listing.ts";

/** A shared circuit as the store has it. */
export interface FleetCircuit {
  readonly name: string;
  readonly state: CircuitState | "unknown";
  /** Why nothing is known of it: what the store keeps is no record, or was written by a newer version. */
  readonly problem: "unreadable" | "newer" | undefined;
  readonly held: boolean;
  /** Milliseconds until a hold ends by itself; 0 where none does. */
  readonly heldMs: number;
  readonly generation: number;
  /** Openings in a row. */
  readonly openings: number;
  /** Until trials are let through; `null` while it is held open, 0 in every other state. */
  readonly nextTrialMs: number | null;
  readonly trials: {
    /** Time that is left to each trial that is out somewhere. */
    readonly leasesMs: readonly number[];
    readonly succeeded: number;
  };
  /** What isolates have seen last, newest first. */
  readonly votes: readonly FleetVote[];
  /** The last command that somebody gave, and whose it was. */
  readonly command: GivenCommand | undefined;
}

export interface FleetVote {
  /** What the isolate calls itself, or its number. */
  readonly by: string;
  /** Its first failure is an alarm; from then on what it sees is a good or a bad sample. */
  readonly saw: "alarm" | "good" | "bad";
  /** Failures in a row. */
  readonly failures: number;
  readonly agoMs: number;
}

/** The whole fleet, as one look at its store shows it: what is broken first. */
export interface FleetReport {
  readonly circuits: readonly FleetCircuit[];
  /** There may be more circuits than these. */
  readonly isCutShort: boolean;
  /** Commands that this look cost. */
  readonly commands: number;
}

export function fleetReport({ circuits, isCutShort, isolates, commands }: StoreListing): FleetReport {
  const reports = circuits.map((each) => reportOf(each, isolates));
  return { circuits: reports.toSorted(worstFirst), isCutShort, commands };
}

function reportOf(
  { circuit, record, command }: ListedCircuit,
  isolates: StoreListing["isolates"],
): FleetCircuit {
  if (typeof record === "string") {
    const nothing = { held: false, heldMs: 0, generation: 0, openings: 0, nextTrialMs: 0, votes: [] };
    const trials = { leasesMs: [], succeeded: 0 };
    return { name: circuit, state: "unknown", problem: record, ...nothing, trials, command };
  }
  const { generation, isForced, trips, restMs, leases, successes } = record;
  const state = stateOf(record);
  const heldMs = state === "closed" && !isForced ? Math.max(restMs, 0) : 0;
  return {
    name: circuit,
    state,
    problem: undefined,
    held: isForced || heldMs > 0,
    heldMs,
    generation,
    openings: trips,
    nextTrialMs: state !== "open" ? 0 : isForced ? null : restMs,
    trials: {
      leasesMs: leases.map(({ leftMs }) => leftMs),
      succeeded: state === "half-open" ? successes : 0,
    },
    votes: record.votes
      .map(({ reporter, run, ageMs }) => ({
        by: isolates.get(reporter) ?? `isolate ${reporter.toString(36)}`,
        saw: run === 0 ? ("good" as const) : run === 1 ? ("alarm" as const) : ("bad" as const),
        failures: run,
        agoMs: ageMs,
      }))
      .toSorted((a, b) => a.agoMs - b.agoMs),
    command,
  };
}

function stateOf({ isOpen, isForced, restMs }: FleetRecord): CircuitState {
  if (!isOpen) return "closed";
  return isForced || restMs > 0 ? "open" : "half-open";
}

const ranks = { open: 0, "half-open": 1, unknown: 2, closed: 3 };

/** Open, trying, unknown, held, voted about, the rest; by name. */
function worstFirst(a: FleetCircuit, b: FleetCircuit): number {
  const rank = ({ state, held, votes }: FleetCircuit): number =>
    state !== "closed" ? ranks[state] : held ? 3 : votes.length > 0 ? 4 : 5;
  return rank(a) - rank(b) || (a.name < b.name ? -1 : 1);
}

/** Whether somebody should see it without looking for it. */
export function isNoteworthy({ state, held, votes }: FleetCircuit): boolean {
  return state !== "closed" || held || votes.length > 0;
}
