import { count } from "../core/option.ts";
import type { Breaker } from "./breaker.ts";
import { Circuit } from "./circuit.ts";
import { type CircuitOptions, resolveCircuitOptions } from "./circuit-options.ts";
import type { Listener } from "./events.ts";
import { admitByHand, type AdmitOptions, type CallByHand } from "./permit-by-hand.ts";
import type { CircuitSnapshot } from "./snapshot.ts";
import { boundedName, makeRoom, obtainBreaker, registry } from "./registry.ts";

const handles = new WeakMap<Breaker, Circuit>();

function handle(breaker: Breaker): Circuit {
  const circuit = handles.get(breaker) ?? new Circuit(breaker);
  handles.set(breaker, circuit);
  return circuit;
}

/** Every circuit of this isolate, to look at and to steer. */
export const circuits = {
  /** The circuit of this name, or `undefined` before its first use. */
  get(name: string): Circuit | undefined {
    const breaker = registry().breakers.get(boundedName(name));
    return breaker && handle(breaker);
  },

  /**
   * The circuit of this name, made with these options when there is none, to steer it before its first call. One
   * that exists stays as it is: `configure` changes it.
   *
   * @throws {TypeError | RangeError} for a bad option
   */
  register(name: string, options: CircuitOptions = {}): Circuit {
    const resolved = resolveCircuitOptions(options, Infinity);
    return circuits.get(name) ?? handle(obtainBreaker(name, resolved));
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
    return [...registry().breakers.values()].map(handle);
  },

  snapshot(): CircuitSnapshot[] {
    return circuits.list().map((circuit) => circuit.snapshot());
  },

  /** Listens to every circuit, present and future. @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void {
    const { listeners } = registry();
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },

  /**
   * How many circuits are kept at most: 1000 unless told. Idle closed ones are forgotten first.
   *
   * @throws {TypeError | RangeError} when it is not a whole number of at least 1
   */
  limit(capacity: number): void {
    const kept = registry();
    kept.capacity = count("capacity", capacity, 1000);
    while (kept.breakers.size > kept.capacity) makeRoom(kept.breakers);
  },
};
