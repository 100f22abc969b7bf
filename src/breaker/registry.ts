import { count } from "../core/policy.ts";
import type { Listener } from "./events.ts";
import { Circuit, type CircuitSnapshot } from "./circuit.ts";
import {
  type CircuitOptions,
  resolveCircuitOptions,
  type ResolvedCircuitOptions,
} from "./circuit-options.ts";
import { tellOnce } from "../runtime/environment.ts";

/** State lives on `globalThis`: Next loads a module once per layer, and again at every hot reload. */
const key = Symbol.for("next-protego/registry/1");

interface Registry {
  readonly circuits: Map<string, Circuit>;
  readonly listeners: Set<Listener>;
  capacity: number;
}

function registry(): Registry {
  const scope = globalThis as { [key]?: Registry };
  const found = scope[key];
  if (typeof found?.circuits?.get === "function" && typeof found.listeners?.add === "function") return found;
  return (scope[key] = { circuits: new Map(), listeners: new Set(), capacity: 1000 });
}

/**
 * The circuit of this name, made when there is none; a live one takes over the options, unless it was given
 * them before.
 */
export function obtainCircuit(
  name: string,
  options: ResolvedCircuitOptions,
  alreadyGiven?: { has(circuit: Circuit): boolean },
): Circuit {
  const { circuits: known, listeners, capacity } = registry();
  const id = bounded(name);
  let circuit = known.get(id);
  if (circuit === undefined) {
    if (known.size >= capacity) makeRoom(known);
    circuit = new Circuit(id, options.policy, options.timeoutMs, options.clock, listeners);
    known.set(id, circuit);
  } else if (alreadyGiven?.has(circuit)) {
    return circuit;
  } else if (!circuit.follows(options.policy)) {
    tellOnce(`circuit "${id}" is used with different options; the latest hold, its state and counts stay.`);
  }
  circuit.apply(options.policy, options.timeoutMs, options.clock, options.on);
  return circuit;
}

/** Idle closed circuits go first, by a second-chance sweep; an open one only when there is nothing else. */
function makeRoom(known: Map<string, Circuit>): void {
  let steps = known.size * 2;
  for (const [name, circuit] of known) {
    if ((circuit.isIdle && !circuit.touched) || --steps < 0) {
      circuit.retired = true;
      known.delete(name);
      return;
    }
    circuit.touched = false;
    known.delete(name);
    known.set(name, circuit);
  }
}

const longestName = 512;

/** A name of any length as a key of bounded length; long names stay distinct by their hash. */
function bounded(name: string): string {
  if (name.length <= longestName) return name;
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < name.length; i++) {
    high = Math.imul(high ^ name.charCodeAt(i), 2654435761);
    low = Math.imul(low ^ name.charCodeAt(i), 1597334677);
  }
  return `${name.slice(0, longestName - 20)}…${(high >>> 0).toString(36)}${(low >>> 0).toString(36)}`;
}

/** Every circuit of this isolate, to look at and to steer. */
export const circuits = {
  /** The circuit of this name, or `undefined` before its first use. */
  get(name: string): Circuit | undefined {
    return registry().circuits.get(bounded(name));
  },

  /** The circuit of this name, made when there is none. For steering a circuit before its first call. */
  register(name: string, options: CircuitOptions = {}): Circuit {
    return obtainCircuit(name, resolveCircuitOptions(options, Infinity));
  },

  list(): Circuit[] {
    return [...registry().circuits.values()];
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
   * How many circuits are kept at most.
   *
   * @param capacity a whole number of at least 1; 1000 by default
   */
  limit(capacity: number): void {
    const kept = registry();
    kept.capacity = count("capacity", capacity, 1000);
    while (kept.circuits.size > kept.capacity) makeRoom(kept.circuits);
  },
};
