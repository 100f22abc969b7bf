import { recordLifeMs } from "../core/fleet-record.ts";
import {
  commandIn,
  type ListedCircuit,
  type StoreListing,
  type StoreNote,
  textOfNote,
} from "../core/store-listing.ts";
import { needsTime, scriptRecord } from "./script-record.ts";

/** A Redis command and its arguments. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/** Sends commands and answers their results in order. */
export type SendCommands = (commands: readonly RedisCommand[]) => Promise<readonly unknown[]>;

/** Plain commands, beside the script: only people's looks and notes need them. */
export interface PlainCommands {
  readonly send: SendCommands;
  /** Where the keys lie on several servers: a way to each of them. A command of several keys is then refused. */
  readonly servers?: (() => readonly SendCommands[]) | undefined;
}

/** Keys that one step of the search goes past, and steps: a database full of other things costs no more. */
const keysInStep = 1000;
const mostSteps = 50;
const keysAtOnce = 200;

/**
 * Looks for the records of a prefix and reads them: a bounded `SCAN`, then `MGET`, `PTTL` for records in which time
 * passes, and `MGET` again for who commanded and who voted. Nothing is written.
 */
export async function listRecords(plain: PlainCommands, prefix: string, most: number): Promise<StoreListing> {
  let commands = 0;
  const counted =
    (send: SendCommands): SendCommands =>
    (sent) => {
      commands += sent.length;
      return sent.length === 0 ? Promise.resolve([]) : send(sent);
    };
  const isCluster = plain.servers !== undefined;
  const send = counted(plain.send);
  const values = (keys: readonly string[]): Promise<unknown[]> => valuesOf(send, isCluster, keys);

  const keys: string[] = [];
  let isCutShort = false;
  for (const server of plain.servers?.() ?? [plain.send]) {
    // oxlint-disable-next-line no-await-in-loop
    const found = await keysOf(counted(server), prefix, most - keys.length);
    keys.push(...found.keys);
    isCutShort ||= found.isCutShort;
  }
  const known = keys.flatMap((key) => {
    const circuit = circuitIn(prefix, key);
    return circuit === undefined ? [] : [{ key, circuit }];
  });
  const [texts, notes] = await Promise.all([
    values(known.map(({ key }) => key)),
    values(known.map(({ circuit }) => commandKey(prefix, circuit))),
  ]);
  const timed = known.filter((_, index) => needsTime(texts[index]));
  const left = await send(timed.map(({ key }) => ["PTTL", key] as const));
  const leftOf = new Map(timed.map(({ key }, index) => [key, Number(left[index])]));
  const circuits = known.flatMap(({ key, circuit }, index): ListedCircuit[] => {
    const text = texts[index] ?? undefined;
    const leftMs = leftOf.get(key) ?? -1;
    // It has expired between two of our commands.
    if (text === undefined || leftMs === -2) return [];
    return [{ circuit, record: scriptRecord(text, leftMs), command: commandIn(notes[index]) }];
  });
  const reporters = reportersIn(circuits).slice(0, keysAtOnce);
  const labels = await values(reporters.map((reporter) => isolateKey(prefix, reporter)));
  const isolates = new Map(
    reporters.flatMap((reporter, index) => {
      const label = labels[index];
      return typeof label === "string" || typeof label === "number"
        ? [[reporter, `${label}`.slice(0, 200)] as const]
        : [];
    }),
  );
  return { circuits, isCutShort, isolates, commands };
}

/** The command that keeps a note for as long as a record. */
export function noteCommand(prefix: string, note: StoreNote): RedisCommand {
  const isOfCircuit = note.about === "circuit";
  const key = isOfCircuit ? commandKey(prefix, note.circuit) : isolateKey(prefix, note.reporter);
  const hasNoEnd = isOfCircuit && note.command.isForced;
  return ["SET", key, textOfNote(note), ...(hasNoEnd ? [] : ["PX", String(recordLifeMs)])];
}

function reportersIn(circuits: readonly ListedCircuit[]): number[] {
  const votes = circuits.flatMap(({ record }) => (typeof record === "object" ? record.votes : []));
  return [...new Set(votes.map(({ reporter }) => reporter))];
}

async function keysOf(
  send: SendCommands,
  prefix: string,
  most: number,
): Promise<{ keys: string[]; isCutShort: boolean }> {
  const keys = new Set<string>();
  let cursor = "0";
  for (let step = 0; step < mostSteps && keys.size <= most; step++) {
    const scan: RedisCommand = ["SCAN", cursor, "MATCH", `${prefix}:{*}`, "COUNT", String(keysInStep)];
    // oxlint-disable-next-line no-await-in-loop
    const [next, found] = (await send([scan]))[0] as [unknown, unknown[]];
    for (const key of found) keys.add(String(key));
    cursor = String(next);
    if (cursor === "0") break;
  }
  return { keys: [...keys].slice(0, most), isCutShort: cursor !== "0" || keys.size > most };
}

async function valuesOf(send: SendCommands, isCluster: boolean, keys: readonly string[]): Promise<unknown[]> {
  // Each in its own slot. `GET` would fail for a key that is no text.
  if (isCluster) return ((await send(keys.map((key) => ["MGET", key] as const))) as unknown[][]).flat();
  const chunks: RedisCommand[] = [];
  for (let at = 0; at < keys.length; at += keysAtOnce) {
    chunks.push(["MGET", ...keys.slice(at, at + keysAtOnce)]);
  }
  return ((await send(chunks)) as unknown[][]).flat();
}

/** In the slot of the circuit's record. */
function commandKey(prefix: string, circuit: string): string {
  return `${prefix}-command:{${encodeURIComponent(circuit)}}`;
}

function isolateKey(prefix: string, reporter: number): string {
  return `${prefix}-isolate:${reporter}`;
}

/** @returns nothing for a key that is none of the prefix */
export function circuitIn(prefix: string, key: string): string | undefined {
  try {
    return decodeURIComponent(key.slice(prefix.length + 2, -1));
  } catch {
    return undefined;
  }
}
