import { invalid } from "../core/option.ts";
import { storeError, type Store } from "../core/store.ts";
import { storeStep } from "../core/store-step.ts";
import { random } from "../runtime/random.ts";

/** What is kept of one circuit. */
export interface KeptRecord {
  readonly record: string;
  /** Milliseconds since it was written, by the clock of the server that keeps it. */
  readonly ageMs: number;
  /** Another one with each write. */
  readonly version: unknown;
}

/** The two things that a server must be able to do to keep records. */
export interface RecordKeeper {
  /** What is kept under this key, or nothing. */
  read(key: string): Promise<KeptRecord | null | undefined>;
  /**
   * Writes the record if what is kept is still what was read, in one step; `undefined` is nothing.
   *
   * @returns whether it was written
   */
  write(key: string, record: string, read: KeptRecord | undefined): Promise<boolean>;
}

/** A circuit is written by few at once: who has heard of a change has no reason left to write. */
const mostAttempts = 24;

/**
 * A store made of any server that can write under a condition: a row's version in SQL, `cas` of memcached, `If-Match`
 * of an object store. A step that changes nothing costs one read; one that does, a read and a write, again where
 * somebody else was quicker.
 *
 * Keys are the circuits' names, with control characters and `%` escaped: at most 1536 characters, none of them empty.
 *
 * @throws {TypeError} for a keeper without `read` and `write`
 * @example
 * const store = shareStore(compareAndSetStore({ read: (key) => …, write: (key, record, read) => … }));
 */
export function compareAndSetStore(keeper: RecordKeeper): Store {
  for (const name of ["read", "write"] as const) {
    if (typeof keeper?.[name] !== "function") throw invalid(name, keeper?.[name], "a function");
  }
  return {
    async step(circuit, request) {
      const key = circuit.replace(/[\p{Cc}%]/gu, encodeURIComponent);
      for (let round = 0; round < mostAttempts; round++) {
        const read = (await keeper.read(key)) ?? undefined;
        const { keep, reply } = storeStep(read?.record, request, read?.ageMs ?? 0);
        if (keep === undefined || (await keeper.write(key, keep, read))) return reply;
        await pause(round);
      }
      throw storeError("TooManyWriters", `others wrote the circuit's record first, ${mostAttempts} times`);
    },
  };
}

/** Those who met will not meet again so soon. */
function pause(round: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, random() * Math.min(2 ** round, 32)));
}
