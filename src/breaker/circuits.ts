import { aFunction, count, invalid } from "../core/option.ts";
import type { Breaker } from "./breaker.ts";
import { enlist } from "./enlist.ts";
import { Circuit } from "./circuit.ts";
import { type CircuitOptions } from "./circuit-options.ts";
import { resolveCircuitOptions } from "./resolved-options.ts";
import type { Listener } from "./events.ts";
import { ofCircuit } from "./option-owners.ts";
import { admitByHand, type AdmitOptions, type CallByHand } from "./permit-by-hand.ts";
import type { CircuitSnapshot } from "./snapshot.ts";
import { boundedName } from "./bounded-name.ts";
import { forget, makeRoom } from "./eviction.ts";
import { obtainBreaker } from "./obtain-breaker.ts";
import { liveBreaker, registry } from "./registry.ts";

const handles = new WeakMap<Breaker, Circuit>();

function handle(breaker: Breaker): Circuit {
  const circuit = handles.get(breaker) ?? new Circuit(breaker);
  handles.set(breaker, circuit);
  return circuit;
}

/** An empty one names no circuit, and makes none. */
function checkedName(name: string, isNew = false): string {
  if (typeof name === "string" && !(isNew && name === "")) return name;
  throw invalid("name", name, "a text");
}

/** Every circuit of this isolate, to look at and to steer. */
export const circuits = {
  /** The circuit of this name, or `undefined` before its first use. */
  get(name: string): Circuit | undefined {
    const breaker = liveBreaker(boundedName(checkedName(name)));
    return breaker && handle(breaker);
  },

  /**
   * The circuit of this name, made with these options when there is none, to steer it before its first call. One
   * that exists stays as it is: `configure` changes it.
   *
   * @throws {TypeError | RangeError} for a bad option
   */
  register(name: string, options: CircuitOptions = {}): Circuit {
    checkedName(name, true);
    ofCircuit(options);
    const resolved = resolveCircuitOptions(options, Infinity);
    const circuit = circuits.get(name) ?? handle(obtainBreaker(name, resolved, Infinity));
    circuit.keep();
    return circuit;
  },

  /**
   * Asks for one call by hand, for middleware of your own: whoever is admitted says what came of it. A circuit that does
   * not exist yet is made with the defaults; `register` makes one with others.
   *
   * @returns a permit or a refusal, told apart by `admitted`; a promise, for a shared circuit may have to ask its store
   * @throws {TypeError | RangeError} as a rejection, for a bad name or option
   * @example
   * const call = await circuits.admit("orders");
   * if (!call.admitted) return unavailable(call.retryAfter);
   */
  admit(name: string, options: AdmitOptions = {}): Promise<CallByHand> {
    return admitByHand(name, options);
  },

  list(): Circuit[] {
    const live = [...registry().breakers.keys()].map(liveBreaker);
    return live.flatMap((breaker) => (breaker ? [handle(breaker)] : []));
  },

  snapshot(): CircuitSnapshot[] {
    return circuits.list().map((circuit) => circuit.snapshot());
  },

  /** Listens to every circuit, present and future. @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void {
    aFunction("listener", listener);
    return enlist(registry().listeners, (event) => listener(event));
  },

  /**
   * Forgets a circuit with all it has counted, and what it was told. Its next call makes a new one.
   *
   * @returns false when there is none
   */
  dispose(name: string): boolean {
    const breaker = liveBreaker(boundedName(checkedName(name)));
    if (breaker) forget(breaker, "circuit.disposed");
    return breaker !== undefined;
  },

  /**
   * How many circuits are kept at most: 1000 unless told. Idle ones are forgotten first; those that are open, held,
   * busy, registered, configured or listened to never. Names for which there is no room share one circuit, `(overflow)`.
   *
   * @throws {TypeError | RangeError} when it is not a whole number of at least 1
   */
  limit(capacity: number): void {
    const kept = registry();
    kept.capacity = count("capacity", capacity, 1000);
    while (kept.breakers.size > kept.capacity && makeRoom());
  },
};
