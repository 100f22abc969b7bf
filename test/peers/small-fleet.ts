import type { ProtectOptions } from "../../src/index.ts";
import { memoryStore, shareStore, type SharingOptions, type Store } from "../../src/redis.ts";
import { testClock } from "../../src/testing.ts";
import { DrivenCircuit, type PendingCall } from "./driven-circuit.ts";

type Options = Partial<ProtectOptions<[() => Promise<unknown>], unknown>>;

/** Isolates that share one circuit and one time. Each has a breaker of its own, as if in a process of its own. */
export class SmallFleet {
  readonly clock = testClock();
  #isolates = 0;
  store: Store = memoryStore(() => this.clock.now());

  isolate(options: Options = {}, sharing: SharingOptions = {}): DrivenCircuit {
    // The circuits of one process differ by name; the store is told one name for all of them.
    // In a process of its own each would have an identity of its own.
    const reporter = ++this.#isolates;
    const one: Store = {
      step: (_, request) =>
        this.store.step("the circuit", request.type === "report" ? { ...request, reporter } : request),
    };
    return new DrivenCircuit({
      clock: this.clock,
      timeout: "10s",
      store: shareStore(one, sharing),
      ...options,
    });
  }

  /** Two isolates with two failures each: enough for the fleet, too few for either of them. */
  async open(options: Options = {}): Promise<DrivenCircuit[]> {
    const isolates = [this.isolate(options), this.isolate(options)];
    for (const isolate of isolates) await failTwice(isolate);
    return isolates;
  }
}

export async function begin(isolate: DrivenCircuit): Promise<PendingCall> {
  const call = isolate.start();
  await everythingSent();
  return call;
}

export async function failTwice(isolate: DrivenCircuit): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await (await begin(isolate)).fail();
    await everythingSent();
  }
}

/** The store answers at once, so one turn of the loop is enough for all that follows from it. */
export function everythingSent(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
