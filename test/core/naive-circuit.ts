import type { CircuitState } from "../../src/core/phase.ts";
import type { Verdict } from "../../src/core/verdict.ts";

/** What a naive circuit is told to do. */
export interface Settings {
  readonly failureThreshold: number;
  readonly resetTimeout: number;
  readonly halfOpenRetries: number;
  readonly lease: number;
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
    this.history.push({ what: "told", call, verdict });
    if (this.state === "closed" && wasAdmittedHere) {
      const isForced = this.stay()[0].forced;
      const enough = this.failuresInARow() >= this.settings.failureThreshold;
      if (verdict === "failure" && enough && !isForced) this.history.push({ what: "open", at });
    } else if (this.state === "half-open" && wasRunning) {
      if (verdict === "failure") this.history.push({ what: "open", at });
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
    const running = this.running(at);
    if (running.length + this.successes() < this.settings.halfOpenRetries) return 0;
    return Math.min(...running.map(({ deadline }) => deadline!)) - at;
  }

  /** Counted from its beginning, or from the earliest moment at which somebody asked since. */
  private opensUntil(at: number): number {
    const [begun, ...since] = this.stay();
    if (begun.forced) return Infinity;
    const asks = since.filter((entry): entry is Asked => entry.what === "asked").map((entry) => entry.at);
    return Math.min(begun.at, at, ...asks) + this.settings.resetTimeout;
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

  /** Of trials that were told once, in time. */
  private successes(): number {
    const entries = this.stay();
    return this.admitted().filter(({ call, deadline }) => {
      const told = entries.findIndex((entry) => entry.what === "told" && entry.call === call);
      const first = entries[told];
      const asksBefore = entries.slice(0, told).filter((entry) => entry.what === "asked");
      const own = asksBefore.findIndex((asked) => asked.call === call);
      const wasGivenUp = asksBefore.slice(own + 1).some((asked) => asked.at >= deadline!);
      return first?.what === "told" && first.verdict === "success" && !wasGivenUp;
    }).length;
  }

  private hasEnoughSuccesses(): boolean {
    return this.successes() >= this.settings.halfOpenRetries;
  }
}
