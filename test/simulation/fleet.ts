import { isRefusal } from "../../src/core/refusal.ts";
import type { Breaker } from "../../src/breaker/breaker.ts";
import type { SharedCircuit } from "../../src/breaker/shared-circuit.ts";
import type { Permit } from "../../src/core/phase.ts";
import { resolvePolicy } from "../../src/core/policy.ts";
import type { PolicyOptions } from "../../src/core/policy-options.ts";
import type { Store } from "../../src/core/store.ts";
import type { FleetRules } from "../../src/core/fleet-rules.ts";
import { joinFleet } from "../../src/sharing/fleet-member.ts";
import { guardStore } from "../../src/sharing/guarded-store.ts";
import { isolateIdentity } from "../../src/sharing/isolate-identity.ts";
import { askAlways } from "./ask-always.ts";
import { Chance } from "./chance.ts";
import { type CallReport, Isolate } from "./isolate.ts";
import { DistantStore, goodNetwork, type Network } from "./network.ts";
import { SimulatedUpstream, type Weather } from "./upstream.ts";
import { VirtualTime } from "./virtual-time.ts";

export interface FleetSettings {
  readonly seed: number;
  readonly isolates: number;
  /** Calls that an isolate makes before another takes its place. */
  readonly callsPerLife: number;
  readonly callsPerSecond: number;
  readonly sharing: "none" | "ask always" | "ours";
  readonly network: Network;
  readonly weather: Weather;
  readonly policy: PolicyOptions;
  readonly rules: FleetRules;
  /** Probability that an isolate is killed at a call, with whatever it holds. */
  readonly killed: number;
  /** This many isolates cannot reach the upstream, whatever its state. */
  readonly cutOff: number;
  /** What an isolate puts between itself and the store: the seats of one machine, or data centre, may share it. */
  readonly nearer?: (store: Store, seat: number, time: VirtualTime) => Store;
  /** Requests a minute that an isolate may send to the store. */
  readonly budget: number;
}

export const usualRules: FleetRules = {
  quorum: 2,
  sharePercent: 50,
  windowMs: 10_000,
  boundMs: 100,
  storeTimeoutMs: 2000,
  heartbeatMs: 600_000,
};

export const usualFleet: FleetSettings = {
  seed: 1,
  isolates: 1000,
  callsPerLife: Infinity,
  callsPerSecond: 2,
  sharing: "ours",
  network: goodNetwork,
  weather: { latencyMs: 50, errors: 0.001, failsInMs: 500 },
  policy: {},
  rules: usualRules,
  killed: 0,
  cutOff: 0,
  budget: 60,
};

/** A fleet of isolates that call one upstream, all in one process and in virtual time. */
export class Fleet {
  readonly time = new VirtualTime();
  readonly store: DistantStore;
  readonly upstream: SimulatedUpstream;
  readonly seats: Isolate[] = [];
  /** Calls that are under way by the leave of the store. An isolate that has lost it tries on its own. */
  fleetTrials = 0;
  /** Hears of each call when it is over. */
  onCall: ((report: CallReport, seat: number, isolate: Isolate) => void) | undefined;
  onTrial: (() => void) | undefined;
  readonly #settings: FleetSettings;
  readonly #chance: Chance;
  readonly #uninstall: () => void;
  /** Permits that the store has granted. */
  readonly #leases = new WeakSet<Permit>();

  constructor(settings: FleetSettings) {
    this.#settings = settings;
    this.#chance = new Chance(settings.seed);
    this.store = new DistantStore(this.time, this.#chance, settings.network);
    this.upstream = new SimulatedUpstream(this.time, this.#chance, settings.weather);
    this.#uninstall = this.time.install();
    for (let seat = 0; seat < settings.isolates; seat++) this.#occupy(seat);
  }

  stop(): void {
    this.#uninstall();
  }

  /** A new isolate takes the seat, and calls until its life is over. */
  #occupy(seat: number): void {
    const { policy, callsPerLife, callsPerSecond, killed, cutOff } = this.#settings;
    const isolate = new Isolate(this.time, resolvePolicy(policy, 10_000), (breaker) =>
      this.#tie(breaker, seat),
    );
    this.seats[seat] = isolate;
    let left = callsPerLife;
    const next = (): void => {
      this.time.after(this.#chance.exponential(1000 / callsPerSecond), () => {
        const isKilled = this.#chance.happens(killed);
        const isCutOff = seat < cutOff;
        const call = isolate.call(async (permit) => {
          const isTrial = permit !== undefined && this.#leases.has(permit);
          if (isTrial) this.#trial(1);
          try {
            // What a dead isolate holds it never hands back.
            if (isKilled) await this.#death(isTrial);
            await (isCutOff ? this.#cutOff() : this.upstream.call());
          } finally {
            if (isTrial) this.#trial(-1);
          }
        });
        void call.then((report) => this.onCall?.(report, seat, isolate));
        left--;
        if (isKilled || left <= 0) this.#occupy(seat);
        else next();
      });
    };
    next();
  }

  #trial(change: 1 | -1): void {
    this.fleetTrials += change;
    this.onTrial?.();
  }

  /** Its connection to the upstream ends with it. */
  #death(isTrial: boolean): Promise<never> {
    if (isTrial) this.#trial(-1);
    return new Promise(() => {});
  }

  async #cutOff(): Promise<void> {
    await this.time.sleep(20);
    throw new Error("this isolate's network is broken");
  }

  #tie(breaker: Breaker, seat: number): SharedCircuit | undefined {
    const { sharing, rules, nearer } = this.#settings;
    if (sharing === "none") return undefined;
    const random = this.#chance.next;
    const now = (): number => this.time.now;
    const drawn = { reporter: 1 + Math.floor(random() * (2 ** 31 - 1)), count: 0 };
    const identity = isolateIdentity(() => drawn);
    const reached = this.store.reach();
    const store = guardStore(nearer ? nearer(reached, seat, this.time) : reached, {
      now,
      random,
      storeTimeoutMs: rules.storeTimeoutMs,
      boundMs: rules.boundMs,
      budget: this.#settings.sharing === "ask always" ? Infinity : this.#settings.budget,
      told: () => {},
    });
    if (sharing === "ask always") return askAlways(breaker, store, rules);
    const tie = joinFleet(breaker, { store, rules, random, identity, keepAlive: () => {} });
    return {
      ...tie,
      admit: (leaseMs) => {
        const decided = tie.admit(leaseMs);
        if (decided && !isRefusal(decided)) this.#leases.add(decided);
        return decided;
      },
    };
  }
}
