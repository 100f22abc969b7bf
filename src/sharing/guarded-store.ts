import type { FleetReply, FleetRequest } from "../core/fleet-record.ts";
import type { Store } from "../core/store.ts";

/** After this many errors in a row the store is left alone. */
const errorsToRest = 3;
const firstRestMs = 2_000;
const longestRestMs = 60_000;

/** A store that always answers in the end, and that is left alone for a while when it fails. */
export interface GuardedStore {
  /** The answer, or `undefined` when there is none. Never rejects. */
  ask(circuit: string, request: FleetRequest): Promise<FleetReply | undefined>;
  /** Whether the store failed when it was last asked. */
  isDegraded(): boolean;
  /** Whether it failed so often that it is left alone: everybody is on his own. */
  isLost(): boolean;
}

export interface GuardParts {
  readonly now: () => number;
  readonly random: () => number;
  /** The store has failed if it has not answered by then. */
  readonly patienceMs: number;
  /** Hears of each failure: the error's name only, because messages of clients quote keys and tokens. */
  readonly told: (failure: string) => void;
}

export function guardStore(store: Store, { now, random, patienceMs, told }: GuardParts): GuardedStore {
  let errors = 0;
  let restsUntil = -Infinity;
  /** One request finds out whether the store is back. Nothing is expected of it after that: its caller may be gone. */
  let probesUntil = -Infinity;

  function failed(failure: string): undefined {
    errors++;
    if (errors >= errorsToRest) {
      const rest = Math.min(firstRestMs * 2 ** (errors - errorsToRest), longestRestMs);
      restsUntil = now() + rest * (0.75 + random() / 2);
    }
    told(failure);
    return undefined;
  }

  async function attempt(circuit: string, request: FleetRequest): Promise<FleetReply | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DOMException("no answer in time", "TimeoutError")), patienceMs);
      // Nobody waits for this; a process that is done may end.
      (timer as { unref?: () => void }).unref?.();
    });
    try {
      const reply = await Promise.race([store.step(circuit, request), late]);
      errors = 0;
      if (reply.isRepaired) told("UnreadableRecord");
      return reply;
    } catch (error) {
      return failed(String((error as Error | undefined)?.name ?? "unknown error"));
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    isDegraded: () => errors > 0,
    isLost: () => errors >= errorsToRest,
    async ask(circuit, request) {
      if (now() < Math.max(restsUntil, probesUntil)) return undefined;
      if (errors >= errorsToRest) probesUntil = now() + patienceMs;
      const reply = await attempt(circuit, request);
      probesUntil = -Infinity;
      return reply;
    },
  };
}
