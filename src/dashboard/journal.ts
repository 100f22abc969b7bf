import type { ChangeReason } from "../breaker/events.ts";
import type { CircuitState } from "../core/phase.ts";
import type { Action } from "./command.ts";
import { copyOf, type Counters } from "./counters.ts";

/** What a circuit did in the half minute before it opened. */
export interface Figures {
  readonly calls: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly p95Ms: number | undefined;
}

/** Somebody's command. */
export interface Command {
  readonly action: Action;
  readonly who: string;
  readonly why: string;
  /** How long an opening or a hold is to last, where it was said. */
  readonly forMs?: number | undefined;
}

/** One line of the timeline. */
export interface Entry {
  readonly id: number;
  readonly circuit: string;
  readonly kind:
    | "opened"
    | "trying"
    | "trial failed"
    | "closed"
    | "command"
    | "store lost"
    | "store back"
    | "forgotten";
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of the last of those that are told together. */
  until: number;
  times: number;
  readonly reason: ChangeReason;
  /** What kind of failure decided. */
  readonly failure?: string | undefined;
  readonly figures?: Figures | undefined;
  command?: Command | undefined;
  /** Calls were refused in no case: the circuit was only observed. */
  readonly observed?: boolean;
}

/** From the opening of a circuit until it closed. */
export interface Incident {
  readonly id: number;
  readonly circuit: string;
  readonly beganAt: number;
  endedAt: number | undefined;
  readonly entries: Entry[];
  /** Entries that did not fit. */
  left: number;
  readonly before: Counters;
  after: Counters | undefined;
}

/** A change of state, and what is known about it. */
export interface Change {
  readonly circuit: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: ChangeReason;
  readonly failure: string | undefined;
  readonly figures: Figures | undefined;
  readonly observed: boolean;
  readonly counters: Counters;
}

const mostEntries = 300;
const mostIncidents = 50;
const mostEntriesOfIncident = 60;

/** What has happened to the circuits of this process, in a bounded number of lines. Trials that fail alike are one line. */
export class Journal {
  /** Newest first. */
  readonly entries: Entry[] = [];
  /** Newest first. */
  readonly incidents: Incident[] = [];
  #nextId = 1;

  changed(change: Change, at: number, command: Command | undefined): void {
    const { circuit, from, to, reason, failure, figures, observed, counters } = change;
    const common = { circuit, reason, command, observed };
    if (from === "closed") {
      this.#begin(circuit, at, counters);
      this.#write({ ...common, kind: to === "open" ? "opened" : "trying", failure, figures }, at);
    } else if (to === "half-open") this.#write({ ...common, kind: "trying" }, at);
    else if (to === "open") this.#reopened({ ...common, kind: "trial failed", failure }, at);
    else {
      this.#write({ ...common, kind: "closed" }, at);
      const incident = this.underWay(circuit);
      if (incident) Object.assign(incident, { endedAt: at, after: copyOf(counters) });
    }
  }

  /** The circuit is no more: nobody will hear how its outage ends. */
  forgotten(circuit: string, counters: Counters, at: number): void {
    const incident = this.underWay(circuit);
    if (!incident) return;
    this.#write({ circuit, kind: "forgotten", reason: "time" }, at);
    Object.assign(incident, { endedAt: at, after: copyOf(counters) });
  }

  /** A command that changed no state, such as holding what is open already. Given again it joins the line of the last. */
  commanded(circuit: string, command: Command, at: number): void {
    const last = this.entries.find((entry) => entry.circuit === circuit);
    if (last?.kind === "command" && isSame(last.command!, command)) {
      last.times++;
      last.until = at;
      last.command = command;
    } else this.#write({ circuit, kind: "command", reason: "command", command }, at);
  }

  store(circuit: string, isLost: boolean, at: number): void {
    this.#write({ circuit, kind: isLost ? "store lost" : "store back", reason: "fleet" }, at);
  }

  /** The incident of this circuit that has not ended. */
  underWay(circuit: string): Incident | undefined {
    return this.incidents.find((each) => each.circuit === circuit && each.endedAt === undefined);
  }

  #begin(circuit: string, at: number, counters: Counters): void {
    const before = copyOf(counters);
    this.incidents.unshift({
      id: this.#nextId++,
      circuit,
      beganAt: at,
      endedAt: undefined,
      entries: [],
      left: 0,
      before,
      after: undefined,
    });
    if (this.incidents.length <= mostIncidents) return;
    // What goes on is kept longer than what is over.
    const over = this.incidents.findLastIndex(({ endedAt }) => endedAt !== undefined);
    this.incidents.splice(over < 0 ? this.incidents.length - 1 : over, 1);
  }

  /** The line that told of the trial becomes the line of its failure, or joins the one of those before it. */
  #reopened(entry: New, at: number): void {
    const own = this.entries.filter(({ circuit }) => circuit === entry.circuit);
    const [trying, before] = own[0]?.kind === "trying" ? own : [undefined, own[0]];
    if (trying && entry.command === undefined) this.#strike(trying);
    if (before?.kind === "trial failed" && before.failure === entry.failure && !entry.command) {
      before.times++;
      before.until = at;
    } else this.#write(entry, at);
  }

  #strike(entry: Entry): void {
    this.entries.splice(this.entries.indexOf(entry), 1);
    const steps = this.underWay(entry.circuit)?.entries;
    if (steps?.at(-1) === entry) steps.pop();
  }

  #write(entry: New, at: number): void {
    const written: Entry = { ...entry, id: this.#nextId++, at, until: at, times: 1 };
    this.entries.unshift(written);
    this.entries.length = Math.min(this.entries.length, mostEntries);
    const incident = this.underWay(entry.circuit);
    if (!incident) return;
    if (incident.entries.length < mostEntriesOfIncident) incident.entries.push(written);
    else incident.left++;
  }
}

/** But for its length: code may tell another at each call. */
function isSame(a: Command, b: Command): boolean {
  return a.action === b.action && a.who === b.who && a.why === b.why;
}

type New = Omit<Entry, "id" | "at" | "until" | "times">;
