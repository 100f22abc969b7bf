import { believedReply } from "../../core/believed-reply.ts";
import type { FleetPolicy, FleetReply, FleetRequest, OwnRequest } from "../../core/fleet-record.ts";
import type { Store } from "../../core/store.ts";

/** One demand of the contract. */
export interface Check {
  readonly name: string;
  readonly check: (probe: Probe) => Promise<void>;
}

/** What a check has in its hands: two clients of the store, and time. */
export interface Probe {
  /** Asks through the one client or the other. */
  ask(client: 0 | 1, circuit: string, request: FleetRequest): Promise<FleetReply>;
  /** The client itself, for what is no step. */
  store(client: 0 | 1): Promise<Store>;
  /** Leaves the rest of the check out, and says why. */
  skip(reason: string): void;
  /** The name of a circuit that no other check uses. */
  circuit(which?: string | number): string;
  /** Lets so many units of time pass for a circuit. */
  pass(units: number, circuit: string): Promise<void>;
  /** Milliseconds: seventy seconds where time can be made to pass, half a second where it is waited for. */
  readonly unit: number;
}

/**
 * So long that what a real server takes for a whole check is nothing beside it. It divides neither a day nor two, so
 * that a sum of units never meets a limit of the record's life.
 */
const advancedUnitMs = 70_000;
const waitedUnitMs = 500;

export function createProbe(
  client: (index: number) => Promise<Store>,
  advance: ((ms: number, circuit: string) => void | Promise<void>) | undefined,
  name: string,
  skip: (reason: string) => void = () => {},
): Probe {
  const unit = advance ? advancedUnitMs : waitedUnitMs;
  return {
    unit,
    skip,
    store: client,
    async ask(index, circuit, request) {
      const store = await client(index);
      return believedReply(await store.step(circuit, request), request);
    },
    circuit: (which = "") => `${name} ${which}`.trim(),
    async pass(units, circuit) {
      if (advance) await advance(units * unit, circuit);
      else await new Promise((resolve) => setTimeout(resolve, units * unit));
    },
  };
}

/** A request by rules that most checks share: nothing happens by the mere passing of time. */
export function request(own: OwnRequest, rules: Partial<FleetPolicy & { life: number }> = {}): FleetRequest {
  return {
    life: 20_070_101,
    quorum: 2,
    threshold: 4,
    sharePercent: 50,
    windowMs: 3_600_000,
    openMs: [600_000],
    longestOpeningMs: 86_000_000,
    trials: 3,
    concurrent: 3,
    tolerated: 0,
    everyMs: 0,
    stayMs: 0,
    ...rules,
    ...own,
  };
}

/** A sample, bad by default, of a reporter who speaks for the first time. */
export function report(reporter: number, run = 2): OwnRequest {
  return { type: "report", reporter, sequence: 1, run, seen: -1 };
}

/** Somebody asks for a trial. */
export function lease(token: number, leaseMs = 600_000): OwnRequest {
  return { type: "lease", token, leaseMs, isAlone: false };
}

/** @throws {Error} where a reply is not as expected */
export function demand(when: string, reply: FleetReply, expected: Partial<FleetReply>): void {
  for (const key of Object.keys(expected) as Array<keyof FleetReply>) {
    if (reply[key] !== expected[key]) fail(when, `${key}: ${expected[key]}`, `${key}: ${reply[key]}`);
  }
}

/** @throws {Error} where a number is not within bounds */
export function demandBetween(when: string, what: string, value: number, least: number, most: number): void {
  if (value < least || value > most) fail(when, `${what} from ${least} to ${most}`, String(value));
}

export function fail(when: string, expected: string, came: string): never {
  throw new Error(`${when}: expected ${expected}; got ${came}`);
}
