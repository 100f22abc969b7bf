import type { FleetReply, FleetRequest } from "../core/fleet.ts";
import type { Store } from "../stores/store.ts";

/** After this many errors in a row the store is left alone. */
const errorsToRest = 3;
const firstRestMs = 2_000;
const longestRestMs = 60_000;

/** A store that never makes anybody wait beyond a bound, and that is left alone for a while when it fails. */
export interface GuardedStore {
  /** The answer, or `undefined` when there is none in time. Never rejects. */
  ask(circuit: string, request: FleetRequest, boundMs: number): Promise<FleetReply | undefined>;
  /** Whether the store is being left alone, or failed when it was last asked. */
  isDegraded(): boolean;
}

/** @param told hears of each failure: the error's name only, because messages of clients quote keys and tokens */
export function guardStore(
  store: Store,
  now: () => number,
  random: () => number,
  told: (failure: string) => void,
): GuardedStore {
  let errors = 0;
  let restsUntil = -Infinity;

  function failed(error: unknown): undefined {
    errors++;
    if (errors >= errorsToRest) {
      const rest = Math.min(firstRestMs * 2 ** (errors - errorsToRest), longestRestMs);
      restsUntil = now() + rest * (0.75 + random() / 2);
    }
    told(String((error as Error | undefined)?.name ?? "unknown error"));
    return undefined;
  }

  return {
    isDegraded: () => errors > 0,
    ask(circuit, request, boundMs) {
      if (now() < restsUntil) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        let isOver = false;
        // Once: an answer that comes after the bound, or twice, changes nothing.
        const end = (answer: () => FleetReply | undefined): void => {
          clearTimeout(timer);
          if (!isOver) resolve(answer());
          isOver = true;
        };
        const timer = setTimeout(() => end(() => failed({ name: "TimeoutError" })), boundMs);
        const asked = Promise.resolve().then(() => store.step(circuit, request));
        asked.then(
          (reply) =>
            end(() => {
              errors = 0;
              return reply;
            }),
          (error: unknown) => end(() => failed(error)),
        );
      });
    },
  };
}
