import type { CircuitState } from "../../src/core/phase.ts";
import type { Verdict } from "../../src/core/verdict.ts";

/** What a naive circuit is told to do. */
export interface Settings {
  readonly failureThreshold: number;
  readonly resetTimeout: number;
  readonly halfOpenRetries: number;
  readonly lease: number;
  readonly concurrent: number;
  readonly tolerated: number;
  readonly slow: number;
  readonly every: number;
  readonly longest: number;
}

type Happened =
  | { readonly what: CircuitState; readonly at: number; readonly forced?: boolean }
  | { readonly what: "asked"; readonly at: number; readonly call: number; readonly deadline?: number }
  | { readonly what: "told"; readonly call: number; readonly verdict: Verdict };

type Asked = Extract<Happened, { what: "asked" }>;

/**
 * A circuit that keeps nothing but a list of all that ever happened, and goes through it again for each question.
 * The slow and plain truth that the real machine is compared with.
 */
export class NaiveCircuit {
  readonly history: Happened[] = [{ what: "closed", at: 0 }];
  settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  get state(): CircuitState {
    return this.stay()[0].what;
  }

  /** All since the last change, which comes first. */
  stay(): [Extract<Happened, { what: CircuitState }>, ...Happened[]] {
    const begun = this.history.findLastIndex(({ what }) => what !== "asked" && what !== "told");
    return this.history.slice(begun) as ReturnType<NaiveCircuit["stay"]>;
  }

  /** @returns how long to wait; 0 when the call was admitted */
  ask(call: number, at: number): number {
    if (this.state === "half-open" && !this.hasEnoughSuccesses()) {
      const end = this.begunAt(at) + this.settings.longest;
      if (at >= end) this.history.push({ what: "open", at: end });
    }
    if (this.state === "open" && at >= this.opensUntil(at)) this.history.push({ what: "half-open", at });
    if (this.state === "half-open" && this.hasEnoughSuccesses()) this.history.push({ what: "closed", at });
    const isTrial = this.state === "half-open";
    const wait = this.waitAt(at);
    const admitted = wait === 0 ? { deadline: isTrial ? at + this.settings.lease : Infinity } : {};
    this.history.push({ what: "asked", at, call, ...admitted });
    return wait;
  }

  tell(call: number, verdict: Verdict, at: number): void {
    const wasRunning = this.running().some((asked) => asked.call === call);
    const wasAdmittedHere = this.admitted().some((asked) => asked.call === call);
    const isTrial = this.state === "half-open" && wasRunning;
    const tookMs = at - (this.admitted().find((asked) => asked.call === call)?.at ?? at);
    const isSlow = isTrial && verdict === "success" && tookMs > this.settings.slow;
    this.history.push({ what: "told", call, verdict: isSlow ? "failure" : verdict });
    if (this.state === "closed" && wasAdmittedHere) {
      const isForced = this.stay()[0].forced;
      const enough = this.failuresInARow() >= this.settings.failureThreshold;
      if (verdict === "failure" && enough && !isForced) this.history.push({ what: "open", at });
    } else if (isTrial) {
      const isTooMuch = this.trialsThat("failure") > this.settings.tolerated;
      if ((isSlow || verdict === "failure") && isTooMuch) this.history.push({ what: "open", at });
      else if (this.hasEnoughSuccesses()) this.history.push({ what: "closed", at });
    }
  }

  command(what: CircuitState, forced: boolean, at: number): void {
    this.history.push({ what, at, forced });
  }

  private waitAt(at: number): number {
    if (this.state === "closed") return 0;
    if (this.state === "open") {
      const wait = this.opensUntil(at) - at;
      return wait === Infinity ? this.settings.resetTimeout : wait;
    }
    const { halfOpenRetries, concurrent, every } = this.settings;
    const running = this.running(at);
    const places = Math.min(concurrent, halfOpenRetries - this.trialsThat("success")) - running.length;
    const place = places > 0 ? 0 : Math.min(...running.map(({ deadline }) => deadline!)) - at;
    const asks = this.asked();
    const last = asks.findLastIndex(({ deadline }) => deadline !== undefined);
    const pause = last < 0 ? 0 : Math.min(at, ...asks.slice(last).map((asked) => asked.at)) + every - at;
    return Math.max(0, place, pause);
  }

  private opensUntil(at: number): number {
    return this.stay()[0].forced ? Infinity : this.begunAt(at) + this.settings.resetTimeout;
  }

  /** When the present stay began, or the earliest moment at which somebody asked since. */
  private begunAt(at: number): number {
    return Math.min(this.stay()[0].at, at, ...this.asked().map((asked) => asked.at));
  }

  private asked(): Asked[] {
    return this.stay().filter((entry): entry is Asked => entry.what === "asked");
  }

  private admitted(): Asked[] {
    return this.asked().filter(({ deadline }) => deadline !== undefined);
  }

  /** Admitted in this stay, not told yet, and nobody has asked after their time was up. */
  private running(at = -Infinity): Asked[] {
    const told = this.stay().flatMap((entry) => (entry.what === "told" ? [entry.call] : []));
    return this.admitted().filter(
      ({ call, deadline }) => !told.includes(call) && !this.isGivenUp(call, deadline!) && at < deadline!,
    );
  }

  private isGivenUp(call: number, deadline: number): boolean {
    const asks = this.asked();
    const later = asks.slice(asks.findIndex((asked) => asked.call === call) + 1);
    return later.some((asked) => asked.at >= deadline);
  }

  private failuresInARow(): number {
    const here = new Set(this.admitted().map(({ call }) => call));
    const verdicts = this.stay().flatMap((entry) =>
      entry.what === "told" && here.has(entry.call) && entry.verdict !== "ignored" ? [entry.verdict] : [],
    );
    return verdicts.length - 1 - verdicts.lastIndexOf("success");
  }

  /** Trials of which this was told first, and in time. */
  private trialsThat(verdict: Verdict): number {
    const entries = this.stay();
    return this.admitted().filter(({ call, deadline }) => {
      const told = entries.findIndex((entry) => entry.what === "told" && entry.call === call);
      const first = entries[told];
      const asksBefore = entries.slice(0, told).filter((entry) => entry.what === "asked");
      const own = asksBefore.findIndex((asked) => asked.call === call);
      const wasGivenUp = asksBefore.slice(own + 1).some((asked) => asked.at >= deadline!);
      return first?.what === "told" && first.verdict === verdict && !wasGivenUp;
    }).length;
  }

  private hasEnoughSuccesses(): boolean {
    return this.trialsThat("success") >= this.settings.halfOpenRetries;
  }
}
