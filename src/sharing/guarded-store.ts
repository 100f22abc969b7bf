import type { StoreUse } from "../breaker/store-in-use.ts";
import type { FleetReply, FleetRequest } from "../core/fleet-record.ts";
import type { Store } from "../core/store.ts";
import { createRequestBudget } from "./request-budget.ts";

/** The store has failed if it has not answered by then, whoever waits for it. */
export const storeTimeoutMs = 2000;

/** After this many errors in a row the store is left alone. */
const errorsToRest = 3;
const firstRestMs = 2_000;
const longestRestMs = 60_000;
/** The fault of one circuit's record, not of the store. */
const recordFault = "NewerRecord";

/** A store that always answers in the end, and that is left alone for a while when it fails. */
export interface GuardedStore {
  /** The store as one circuit meets it. */
  for(circuit: string): GuardedCircuit;
  /** Its answers come later than calls wait for them. */
  isFar(): boolean;
  /** What it has been asked so far, and how it is. */
  use(): StoreUse;
}

export interface GuardedCircuit {
  /**
   * The answer, or `undefined` when there is none. Never rejects.
   *
   * @param late hears of a place for a trial that is granted after that: somebody has to give it back
   */
  ask(request: FleetRequest, late?: (reply: FleetReply) => void): Promise<FleetReply | undefined>;
  /** Whether the store failed when it was last asked. */
  isDegraded(): boolean;
  /** Whether it failed so often that it is left alone: everybody is on his own. */
  isLost(): boolean;
}

export interface GuardParts {
  readonly now: () => number;
  readonly random: () => number;
  /** The store has failed if it has not answered by then. */
  readonly storeTimeoutMs: number;
  /** The longest that a call waits for it. */
  readonly boundMs: number;
  /** Requests a minute. */
  readonly budget: number;
  /** Hears of each failure: the error's name and Redis' code only, because messages of clients quote keys and tokens. */
  readonly told: (failure: string) => void;
}

export function guardStore(store: Store, parts: GuardParts): GuardedStore {
  const { now, storeTimeoutMs, boundMs, told } = parts;
  const health = createHealth(parts);
  const budget = createRequestBudget(parts.budget);
  /** Answers in a row that came too late for the call that waited. */
  let lateAnswers = 0;
  const requests = { answered: 0, failed: 0, timedOut: 0, notSent: 0 };

  async function askOnce(
    circuit: string,
    request: FleetRequest,
    own: Health,
    heardLate: ((reply: FleetReply) => void) | undefined,
  ): Promise<FleetReply | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const askedAt = now();
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DOMException("no answer in time", "TimeoutError")), storeTimeoutMs);
      // Nobody waits for this; a process that is done may end.
      (timer as { unref?: () => void }).unref?.();
    });
    health.sent();
    let step: Promise<FleetReply> | undefined;
    try {
      step = store.step(circuit, request);
      const reply = await Promise.race([step, late]);
      requests.answered++;
      health.answered();
      own.answered();
      lateAnswers = now() - askedAt > boundMs ? lateAnswers + 1 : 0;
      if (reply.isRepaired) told("UnreadableRecord");
      return reply;
    } catch (error) {
      const failure = String((error as Error | undefined)?.name ?? "unknown error");
      requests[failure === "TimeoutError" ? "timedOut" : "failed"]++;
      if (failure === recordFault) {
        health.answered();
        own.failedForLong();
      } else health.failed(askedAt, failure === "TimeoutError");
      if (heardLate && failure === "TimeoutError") {
        void step?.then(
          (reply) => reply.isGranted && heardLate(reply),
          () => {},
        );
      }
      told(withCode(failure, error));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    isFar: () => lateAnswers >= 2,
    use: () => ({
      requests: { ...requests },
      budget: parts.budget,
      left: budget.left(now()),
      health: health.isLost() ? "left alone" : health.isDegraded() ? "fails" : "answers",
    }),
    for(circuit) {
      const own = createHealth(parts);
      return {
        isDegraded: () => health.isDegraded() || own.isDegraded(),
        isLost: () => health.isLost() || own.isLost(),
        async ask(request, late) {
          const isSent = own.mayAsk() && health.mayAsk() && budget.spend(now(), isOwed(request));
          if (!isSent) {
            requests.notSent++;
            return undefined;
          }
          const reply = await askOnce(circuit, request, own, late);
          health.probed();
          return reply;
        },
      };
    },
  };
}

/** With what word Redis refuses: `READONLY`, `OOM`. The rest of its words quotes keys and values. */
function withCode(failure: string, error: unknown): string {
  const code = /^[A-Z]{2,20}(?= )/.exec(String((error as Error | undefined)?.message))?.[0];
  return code === undefined || failure.includes(code) ? failure : `${failure} ${code}`;
}

function isOwed({ type }: FleetRequest): boolean {
  return type !== "read" && type !== "report" && type !== "lease";
}

/** Whether something answers. What fails again and again is left alone, for longer and longer. */
interface Health {
  mayAsk(): boolean;
  sent(): void;
  answered(): void;
  /** @param isSilence it has not answered at all; others may be waiting for it as well */
  failed(askedAt: number, isSilence: boolean): void;
  /** It will not be better soon. */
  failedForLong(): void;
  /** Whoever was sent to find out is back. */
  probed(): void;
  isDegraded(): boolean;
  isLost(): boolean;
}

function createHealth({ now, random, storeTimeoutMs }: GuardParts): Health {
  let errors = 0;
  /** Questions since the last answer. */
  let unanswered = 0;
  let restsUntil = -Infinity;
  /** One request finds out whether it is back. Nothing is expected of it after that: its caller may be gone. */
  let probesUntil = -Infinity;
  let answeredAt = -Infinity;

  function rest(ms: number): void {
    restsUntil = now() + ms * (0.75 + random() / 2);
  }

  return {
    mayAsk() {
      if (now() < Math.max(restsUntil, probesUntil)) return false;
      if (errors >= errorsToRest) probesUntil = now() + storeTimeoutMs;
      return true;
    },
    sent: () => void unanswered++,
    answered() {
      errors = unanswered = 0;
      answeredAt = now();
    },
    failed(askedAt, isSilence) {
      // Three that wait for nothing at the same time are as telling as three in a row.
      const isDeaf = isSilence && unanswered >= errorsToRest && askedAt >= answeredAt;
      errors = isDeaf ? Math.max(errors + 1, errorsToRest) : errors + 1;
      if (errors >= errorsToRest) rest(Math.min(firstRestMs * 2 ** (errors - errorsToRest), longestRestMs));
    },
    failedForLong() {
      errors = errorsToRest;
      rest(longestRestMs);
    },
    probed() {
      probesUntil = -Infinity;
    },
    isDegraded: () => errors > 0,
    isLost: () => errors >= errorsToRest,
  };
}
