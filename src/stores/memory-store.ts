import type { Store } from "../core/store.ts";
import type { ListedCircuit, StoreNote } from "../core/store-listing.ts";
import { storeStep } from "../core/store-step.ts";
import { listedRecord } from "./listed-record.ts";

/** More circuits than these are not kept: the one that was written longest ago goes first. */
const mostRecords = 10_000;
const mostLabels = 10_000;

/**
 * A store in this process: for tests, for simulations, and for a single long-lived server whose edge functions have
 * none.
 *
 * @param now milliseconds that only go forward
 */
export function memoryStore(now: () => number = () => performance.now()): Store {
  const records = new Map<string, { readonly text: string; readonly writtenAt: number }>();
  const commands = new Map<string, ListedCircuit["command"]>();
  const isolates = new Map<number, string>();

  function forget(circuit: string): void {
    records.delete(circuit);
    commands.delete(circuit);
  }

  return {
    // A step that throws is a store that rejects.
    // oxlint-disable-next-line require-await
    async step(circuit, request) {
      const kept = records.get(circuit);
      const { keep, reply } = storeStep(kept?.text, request, kept ? now() - kept.writtenAt : 0);
      if (keep !== undefined) {
        records.delete(circuit);
        records.set(circuit, { text: keep, writtenAt: now() });
        if (records.size > mostRecords) forget(records.keys().next().value!);
      }
      return reply;
    },
    // oxlint-disable-next-line require-await
    async list(most) {
      const listed = [...records].map(([circuit, { text, writtenAt }]) => {
        const record = listedRecord(text, now() - writtenAt);
        return record && { circuit, record, command: commands.get(circuit) };
      });
      const circuits = listed.filter((each) => each !== undefined);
      return {
        circuits: circuits.slice(0, most),
        isCutShort: circuits.length > most,
        isolates: new Map(isolates),
        commands: 0,
      };
    },
    // oxlint-disable-next-line require-await
    async note(note: StoreNote) {
      if (note.about === "circuit") {
        if (records.has(note.circuit)) commands.set(note.circuit, note.command);
        return;
      }
      isolates.delete(note.reporter);
      isolates.set(note.reporter, note.label);
      if (isolates.size > mostLabels) isolates.delete(isolates.keys().next().value!);
    },
  };
}
