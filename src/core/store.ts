import type { FleetReply, FleetRequest } from "./fleet-record.ts";
import type { StoreListing, StoreNote } from "./store-listing.ts";

/**
 * Where a fleet keeps what it knows of its circuits: one method, which carries out one step of one circuit.
 *
 * - **Atomic.** Steps of one circuit happen one after another, never half, in any order. What a step has kept, every
 *   later one finds, whoever sends it and wherever from.
 * - **One clock.** The time since a record was written is measured by the store, never by its clients.
 * - **Expiry.** A record that nobody has written for 48 hours is as if it had never been, unless it is held by a
 *   command. Other records live.
 * - **Any name.** A circuit is any string of up to 512 characters, control characters and `__proto__` included.
 *   Names that differ are different circuits.
 * - **Honest.** Where it cannot say, it rejects; it never makes up a reply. Of an error only the `name` is told to
 *   anybody: messages of clients quote keys and tokens. A record of a newer version is left alone, and the step
 *   rejects with the error of {@link newerRecord}.
 *
 * It may be slow or never answer: nobody waits for it longer than the bound, and no call fails for it. A request may
 * come twice, late, or after a later one. `storeStep` is all of it but the keeping.
 */
export interface Store {
  /**
   * @param circuit the circuit's name, as it is
   * @param request says what is asked, and by which rules; the store keeps no rules of its own
   */
  step(circuit: string, request: FleetRequest): Promise<FleetReply>;
  /**
   * What is kept, for a person who looks after the fleet; no call ever needs it. Optional: a store without it cannot
   * be shown on the fleet's page. It changes nothing, and what it costs is bounded by `most`.
   *
   * @param most circuits in the answer, which says when there may be more
   */
  list?(most: number): Promise<StoreListing>;
  /**
   * Keeps a word for `list`: who gave a command, what an isolate calls itself. Optional; a later one about the same
   * takes the place of the one before, and it may be forgotten like a record.
   */
  note?(note: StoreNote): Promise<void>;
  /**
   * Tells of each new generation of any circuit, an opening, a closing, a command, as soon as it is there. Optional: an isolate
   * hears of it with its next answer anyway, so a change that is told late, twice or never costs lateness alone.
   *
   * @param hear is given what a read would have been answered at that moment
   * @returns when it has begun; it goes on for as long as the process lives
   */
  watch?(hear: (circuit: string, reply: FleetReply) => void): Promise<void>;
}

/** The error of a record that a newer version has written. It says nothing against the store, or other circuits. */
export function newerRecord(): TypeError {
  return storeError("NewerRecord", "the store's record was written by a newer version; it is left alone");
}

/** An error of which the name says enough: nothing else of it is told. */
export function storeError(name: string, message: string): TypeError {
  return Object.assign(new TypeError(`next-protego [store-failed] ${message}`), { name });
}
