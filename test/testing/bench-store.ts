import type { Store } from "../../src/core/store.ts";
import type { GivenCommand, StoreListing, StoreNote } from "../../src/core/store-listing.ts";
import { storeStep } from "../../src/core/store-step.ts";
import type { FleetReply, FleetRequest } from "../../src/core/fleet-record.ts";
import { listedRecord } from "../../src/stores/listed-record.ts";

export interface Kept {
  readonly text: string;
  readonly writtenAt: number;
}

/** Where a store of this file may go wrong. */
export interface Way {
  readonly keyOf: (circuit: string) => string;
  readonly read: (key: string, request: FleetRequest) => Kept | undefined | Promise<Kept | undefined>;
  readonly ageOf: (kept: Kept) => number;
  readonly write: (key: string, text: string) => void;
  readonly step: (
    text: string | undefined,
    request: FleetRequest,
    ageMs: number,
  ) => ReturnType<typeof storeStep>;
  readonly answer: (reply: FleetReply) => unknown;
  readonly list: NonNullable<Store["list"]>;
  readonly note: NonNullable<Store["note"]>;
}

/** A store over a Map, right unless told otherwise; and a clock of its own. */
export class BenchStore implements Store {
  now = 0;
  readonly kept = new Map<string, Kept>();
  readonly commands = new Map<string, GivenCommand>();
  readonly isolates = new Map<number, string>();
  readonly list: NonNullable<Store["list"]>;
  readonly note: NonNullable<Store["note"]>;
  readonly #way: Way;

  constructor(change: (store: BenchStore, right: Way) => Partial<Way> = () => ({})) {
    const right: Way = {
      keyOf: (circuit) => circuit,
      read: (key) => this.kept.get(key),
      ageOf: ({ writtenAt }) => this.now - writtenAt,
      write: (key, text) => void this.kept.set(key, { text, writtenAt: this.now }),
      step: storeStep,
      answer: (reply) => reply,
      list: (most) => Promise.resolve(this.listed(most)),
      note: (note) => Promise.resolve(this.#noted(note)),
    };
    this.#way = { ...right, ...change(this, right) };
    this.list = this.#way.list;
    this.note = this.#way.note;
  }

  async step(circuit: string, request: FleetRequest): Promise<FleetReply> {
    const { keyOf, read, ageOf, write, step, answer } = this.#way;
    const key = keyOf(circuit);
    const found = read(key, request);
    // What is not awaited happens in one step.
    const kept = found instanceof Promise ? await found : found;
    const { keep, reply } = step(kept?.text, request, kept ? ageOf(kept) : 0);
    if (keep !== undefined) write(key, keep);
    return answer(reply) as FleetReply;
  }

  listed(most: number): StoreListing {
    const circuits = [...this.kept].flatMap(([circuit, kept]) => {
      const record = listedRecord(kept.text, this.#way.ageOf(kept));
      return record ? [{ circuit, record, command: this.commands.get(circuit) }] : [];
    });
    const isCutShort = circuits.length > most;
    return { circuits: circuits.slice(0, most), isCutShort, isolates: this.isolates, commands: 1 };
  }

  #noted(note: StoreNote): void {
    if (note.about === "circuit") this.commands.set(note.circuit, note.command);
    else this.isolates.set(note.reporter, note.label);
  }

  advance = (ms: number): void => void (this.now += ms);

  plant = (circuit: string, text: string): void => {
    this.kept.set(this.#way.keyOf(circuit), { text, writtenAt: this.now });
  };
}
