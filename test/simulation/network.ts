import { fleetStep } from "../../src/core/fleet.ts";
import type { FleetRecord, FleetReply, FleetRequest } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";
import type { Chance } from "./chance.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What can go wrong between an isolate and the store: each a probability, but the latency. */
export interface Network {
  /** Median of a round trip. */
  readonly latencyMs: number;
  /** What an isolate's first request takes longer: name, connection, encryption. */
  readonly setUpMs: number;
  readonly requestLost: number;
  /** Lost after it was carried out. */
  readonly replyLost: number;
  readonly duplicated: number;
  /** Held up for seconds, so that later ones overtake it. */
  readonly heldUp: number;
  /** A look that a replica answers which is behind. */
  readonly staleRead: number;
}

export const goodNetwork: Network = {
  latencyMs: 60,
  setUpMs: 0,
  requestLost: 0,
  replyLost: 0,
  duplicated: 0,
  heldUp: 0,
  staleRead: 0,
};

/** What the store was asked, and what Upstash would bill for it. */
export interface Spent {
  requests: number;
  /** The looks by which isolates start. */
  joins: number;
  commands: number;
}

/** The fleet's one record in a store behind a network. */
export class DistantStore {
  readonly spent: Spent = { requests: 0, joins: 0, commands: 0 };
  record: FleetRecord | undefined;
  /** Hears of each step as the store carries it out. */
  onStep: ((request: FleetRequest, reply: FleetReply, record: FleetRecord | undefined) => void) | undefined;
  #writtenAt = 0;
  #replica: { record: FleetRecord; writtenAt: number } | undefined;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #network: Network;

  constructor(time: VirtualTime, chance: Chance, network: Network) {
    this.#time = time;
    this.#chance = chance;
    this.#network = network;
  }

  /** The store as one isolate reaches it. Its first request is the look by which it starts. */
  reach(): Store {
    let isFirst = true;
    return {
      step: (_circuit, request) => {
        this.spent[isFirst ? "joins" : "requests"]++;
        const setUpMs = isFirst ? this.#network.setUpMs : 0;
        isFirst = false;
        return this.#send(request, setUpMs);
      },
    };
  }

  #send(request: FleetRequest, setUpMs: number): Promise<FleetReply> {
    const { latencyMs, requestLost, replyLost, duplicated, heldUp } = this.#network;
    const chance = this.#chance;
    const way = (): number => chance.latency(latencyMs / 2, 0.2) + (chance.happens(heldUp) ? 1500 : 0);
    return new Promise((resolve, reject) => {
      const carryOut = (): void => {
        const reply = this.#step(request);
        if (!chance.happens(replyLost)) this.#time.after(way(), () => resolve(reply));
      };
      if (chance.happens(requestLost))
        this.#time.after(setUpMs + way(), () => reject(new Error("connection lost")));
      else this.#time.after(setUpMs + way(), carryOut);
      if (chance.happens(duplicated)) this.#time.after(way() + chance.exponential(500), carryOut);
    });
  }

  #step(request: FleetRequest): FleetReply {
    const { now } = this.#time;
    const isStale = request.type === "read" && this.#replica && this.#chance.happens(this.#network.staleRead);
    if (isStale) {
      const { record, writtenAt } = this.#replica!;
      return fleetStep(record, request, Math.round(now - writtenAt)).reply;
    }
    this.spent.commands += 2;
    const elapsedMs = Math.round(now - this.#writtenAt);
    const { record, reply } = fleetStep(this.record, request, elapsedMs);
    if (this.record) this.spent.commands++;
    if (record) {
      this.spent.commands++;
      if (this.record) this.#replica = { record: this.record, writtenAt: this.#writtenAt };
      this.record = record;
      this.#writtenAt = now;
    }
    this.onStep?.(request, reply, record);
    return reply;
  }

  /** The fleet's state, as anybody who asked now would hear. */
  get state(): FleetReply["state"] {
    const look = { type: "read", windowMs: 1, longestOpeningMs: Infinity } as FleetRequest;
    return fleetStep(this.record, look, this.#time.now - this.#writtenAt).reply.state;
  }
}
