import { type FleetRecord, type Lease, mostVotes, recordLifeMs, type Vote } from "./fleet-record.ts";
import { newerRecord } from "./store.ts";

/** Version of the text that this code writes. */
const schema = 2;

/** What the version before did not know. It is understood: isolates of two versions meet in the middle of a deploy. */
const sinceVersion2 = { failures: 0, firstTrialMs: -1, lastTrialMs: 0 };

/** No record is longer: what is, was not written here. */
const longestText = 65_536;

const mostLeases = 1024;

type Parts<Kind> = { readonly [Key in keyof Kind]: (value: unknown) => boolean };

const voteParts: Parts<Vote> = { reporter: isCount, sequence: isCount, run: isCount, ageMs: isTime };
const leaseParts: Parts<Lease> = { token: isCount, leftMs: isTime };
const recordParts: Parts<FleetRecord> = {
  life: (value) => isCount(value) && value !== 0,
  generation: isCount,
  isOpen: isFlag,
  isForced: isFlag,
  restMs: isTime,
  trips: isCount,
  successes: isCount,
  failures: isCount,
  firstTrialMs: isTime,
  lastTrialMs: isTime,
  votes: listOf(voteParts, mostVotes),
  leases: listOf(leaseParts, mostLeases),
};

/** A record as the text that a store keeps. */
export function textOf(record: FleetRecord): string {
  return JSON.stringify({ schema, ...record });
}

/**
 * The record in a text, or `undefined` where it is none: of another kind, cut off, or out of bounds.
 *
 * @throws {TypeError} named `NewerRecord` when a newer version has written it
 */
export function recordIn(text: unknown): FleetRecord | undefined {
  const found = typeof text === "string" && text.length <= longestText ? parsed(text) : undefined;
  const version = (found as { schema?: unknown } | null | undefined)?.schema;
  if (Number.isSafeInteger(version) && (version as number) > schema) throw newerRecord();
  const value = version === 1 ? { ...sinceVersion2, ...(found as object) } : found;
  if ((version !== schema && version !== 1) || !has(recordParts, value)) return undefined;
  const record = value as FleetRecord;
  // A lease that outlives its record would hold its place for ever.
  const leases = record.leases.map((each) => ({ ...each, leftMs: Math.min(each.leftMs, recordLifeMs) }));
  return { ...record, leases };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function has<Kind>(parts: Parts<Kind>, value: unknown): boolean {
  if (Object(value) !== value) return false;
  return (Object.keys(parts) as Array<keyof Kind>).every((key) => parts[key]((value as Kind)[key]));
}

function listOf<Kind>(parts: Parts<Kind>, most: number): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.length <= most && value.every((each) => has(parts, each));
}

function isFlag(value: unknown): boolean {
  return typeof value === "boolean";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Milliseconds; below zero they have passed. */
function isTime(value: unknown): boolean {
  return Math.abs(value as number) <= Number.MAX_SAFE_INTEGER && typeof value === "number";
}
