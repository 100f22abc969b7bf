import type { Circuit, ProtectOptions } from "../../../src/index.ts";
import type { Api } from "./check.ts";
import { errorOf } from "./assert.ts";
import { handClock, type HandClock } from "./hand-clock.ts";

/** A protected function whose calls the test settles itself, one by one, in any order. */
export interface Scripted {
  readonly clock: HandClock;
  readonly circuit: () => Circuit;
  /** How often the function really ran. */
  readonly runs: () => number;
  readonly succeed: () => Promise<unknown>;
  readonly fail: (times?: number) => Promise<void>;
  readonly refused: () => Promise<Error>;
  /** Starts a call that stays in flight until it is settled. */
  readonly start: () => { resolve: () => Promise<void>; reject: (error: Error) => Promise<void> };
}

let serial = 0;

export function scripted(api: Api, options: Partial<ProtectOptions<[], unknown>> = {}): Scripted {
  const clock = handClock();
  const name = `scripted ${++serial}`;
  let runs = 0;
  let work: () => Promise<unknown>;
  const call = api.protect(
    () => {
      runs++;
      return work();
    },
    { name, clock, ...options },
  );
  const run = (next: () => Promise<unknown>): Promise<unknown> => {
    work = next;
    return call();
  };
  return {
    clock,
    circuit: () => api.circuits.get(name)!,
    runs: () => runs,
    succeed: () => run(() => Promise.resolve("fine")),
    async fail(times = 1) {
      for (let i = 0; i < times; i++)
        await errorOf(() => run(() => Promise.reject(new Error("down"))), "fail");
    },
    refused: () => errorOf(() => run(() => Promise.resolve("reached")), "a call that should be refused"),
    start() {
      let settle!: { resolve: (value: unknown) => void; reject: (error: Error) => void };
      const settled = run(() => new Promise((resolve, reject) => (settle = { resolve, reject }))).then(
        () => {},
        () => {},
      );
      return {
        resolve() {
          settle.resolve("late");
          return settled;
        },
        reject(error) {
          settle.reject(error);
          return settled;
        },
      };
    },
  };
}
