import type { FleetRecord } from "./fleet-record.ts";

/** What a store keeps, for a person: all of its circuits, or as many as were asked for. */
export interface StoreListing {
  readonly circuits: readonly ListedCircuit[];
  /** There are, or may be, circuits beside these. */
  readonly isCutShort: boolean;
  /** What isolates call themselves, by the number by which they vote. */
  readonly isolates: ReadonlyMap<number, string>;
  /** Commands that the database was sent for it. */
  readonly commands: number;
}

export interface ListedCircuit {
  readonly circuit: string;
  /** As it is at this moment; a word where what is kept is no record, or of a newer version. */
  readonly record: FleetRecord | "unreadable" | "newer";
  /** The last command that somebody gave. */
  readonly command: GivenCommand | undefined;
}

/** A command to the fleet, and whose it was. */
export interface GivenCommand {
  readonly type: "open" | "close" | "half-open";
  readonly isForced: boolean;
  readonly by: string | undefined;
  readonly why: string | undefined;
  /** Milliseconds since 1970, by the clock of whoever gave it. */
  readonly at: number;
}

/** A word that is kept beside the records. What it is about says where. */
export type StoreNote =
  | { readonly about: "circuit"; readonly circuit: string; readonly command: GivenCommand }
  | { readonly about: "isolate"; readonly reporter: number; readonly label: string };

const longestWord = 200;

/** A note as the text that a store keeps. */
export function textOfNote(note: StoreNote): string {
  if (note.about === "isolate") return note.label.slice(0, longestWord);
  const { by, why, ...rest } = note.command;
  return JSON.stringify({ ...rest, by: by?.slice(0, longestWord), why: why?.slice(0, longestWord) });
}

/** The command in a note's text, or `undefined` where it is none. Anybody may have written it. */
export function commandIn(text: unknown): GivenCommand | undefined {
  try {
    const { type, isForced, by, why, at } = (typeof text === "string" ? JSON.parse(text) : text) as Record<
      keyof GivenCommand,
      unknown
    >;
    if (type !== "open" && type !== "close" && type !== "half-open") return undefined;
    if (typeof at !== "number" || !(Math.abs(at) <= 8.64e15)) return undefined;
    return { type, isForced: isForced === true, by: word(by), why: word(why), at };
  } catch {
    return undefined;
  }
}

function word(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, longestWord) : undefined;
}

/**
 * A record so much later: its times are counted on, as far as a look needs them.
 *
 * @param elapsedMs since it was written; nothing passes in one that is held
 */
export function seenAfter(record: FleetRecord, elapsedMs: number): FleetRecord {
  if (record.isForced) return record;
  return {
    ...record,
    restMs: record.restMs - elapsedMs,
    ...(record.firstTrialMs >= 0 && {
      firstTrialMs: record.firstTrialMs + elapsedMs,
      lastTrialMs: record.lastTrialMs + elapsedMs,
    }),
    votes: record.votes.map((vote) => ({ ...vote, ageMs: vote.ageMs + elapsedMs })),
    leases: record.leases
      .map(({ token, leftMs }) => ({ token, leftMs: leftMs - elapsedMs }))
      .filter(({ leftMs }) => leftMs > 0),
  };
}
