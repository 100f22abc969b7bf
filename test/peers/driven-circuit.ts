import { type Circuit, circuits, protect, type ProtectOptions } from "../../src/index.ts";
import { testClock, type TestClock } from "../../src/testing.ts";

/** A call that ends when the test says so. */
export interface PendingCall {
  readonly result: Promise<unknown>;
  /** Not so when the circuit refused it. */
  readonly isRunning: boolean;
  succeed(value?: unknown): Promise<void>;
  fail(error?: unknown): Promise<void>;
}

let serial = 0;

/** A circuit whose calls, time and outcomes a test holds in its hands. */
export class DrivenCircuit {
  readonly clock: TestClock = testClock();
  readonly name: string;
  readonly #call: (work: () => Promise<unknown>) => Promise<unknown>;
  running = 0;

  constructor(options: Partial<ProtectOptions<[() => Promise<unknown>], unknown>> = {}) {
    this.name = `driven ${++serial}`;
    this.#call = protect((work: () => Promise<unknown>) => work(), {
      name: this.name,
      clock: this.clock,
      failureThreshold: 3,
      resetTimeout: "60s",
      halfOpenRetries: 2,
      ...options,
    });
  }

  get circuit(): Circuit {
    return circuits.get(this.name)!;
  }

  get state(): string {
    return this.circuit.state;
  }

  start(): PendingCall {
    let resolve!: (value: unknown) => void;
    let reject!: (error: Error) => void;
    const promise = new Promise<unknown>((...ends) => ([resolve, reject] = ends));
    promise.catch(() => {});
    let isRunning = false;
    const result = this.#call(() => {
      isRunning = true;
      this.running++;
      return promise.finally(() => this.running--);
    });
    result.catch(() => {});
    const settled = async (): Promise<void> => {
      await result.catch(() => {});
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    };
    return {
      result,
      get isRunning() {
        return isRunning;
      },
      succeed(value) {
        resolve(value);
        return settled();
      },
      fail(error = new Error("down")) {
        reject(error as Error);
        return settled();
      },
    };
  }

  async succeed(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) await this.start().succeed();
  }

  async fail(times = 1, error?: unknown): Promise<void> {
    for (let i = 0; i < times; i++) await this.start().fail(error);
  }

  /** Opens it by its calls, and lets the reset timeout pass. */
  async becomeDue(): Promise<void> {
    await this.fail(3);
    this.clock.advance("60s");
  }
}
