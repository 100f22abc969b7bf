import type { Chance } from "./chance.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What a call to the upstream meets. */
export interface Weather {
  readonly latencyMs: number;
  /** Share of calls that fail though it is up. */
  readonly errors: number;
  /** How long those take; as long as others by default. */
  readonly errorsInMs?: number;
  /** Share of calls that take much longer though all is well, and how long: a cold cache behind a warm one. */
  readonly slow?: { readonly share: number; readonly latencyMs: number };
  /** How long a call takes to fail while it is down. */
  readonly failsInMs: number;
}

/** The service that all isolates call, up or down. */
export class SimulatedUpstream {
  isDown = false;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #weather: Weather;

  constructor(time: VirtualTime, chance: Chance, weather: Weather) {
    this.#time = time;
    this.#chance = chance;
    this.#weather = weather;
  }

  async call(): Promise<void> {
    const { errors, errorsInMs, failsInMs, slow } = this.#weather;
    const isSlow = slow !== undefined && this.#chance.happens(slow.share);
    const latencyMs = isSlow ? slow.latencyMs : this.#weather.latencyMs;
    if (this.isDown) {
      await this.#time.sleep(failsInMs);
      throw new Error("down");
    }
    const fails = this.#chance.happens(errors);
    await this.#time.sleep(fails && errorsInMs ? errorsInMs : this.#chance.latency(latencyMs));
    if (fails) throw new Error("random");
  }
}
