import { believedReply, withLooks } from "../core/believed-reply.ts";
import { type FleetReply, type FleetRequest, oneOfJoining } from "../core/fleet-record.ts";
import { anObject, invalid } from "../core/option.ts";
import type { Store } from "../core/store.ts";
import { keepAlive, outsideRender } from "../runtime/background.ts";
import { epochMs } from "../runtime/clock.ts";
import { checkedPrefix } from "./key-prefix.ts";

/** A place nearer than the store, where isolates leave word for others of the same machine, data centre or region. */
export interface HintCarrier {
  get(key: string): Promise<string | null | undefined>;
  /** It may be forgotten after so many milliseconds, earlier, or later: what is old is not believed. */
  set(key: string, value: string, ttlMs: number): Promise<unknown>;
}

export interface HintOptions {
  /**
   * First part of the keys: one for each app that shares the place, or each database.
   *
   * @default "protego"
   */
  prefix?: string | undefined;
}

/** Puts a hint before a store. `hintFrom` makes one. */
export type StoreHint = (store: Store, waitUntil?: (promise: Promise<unknown>) => void) => Store;

/** How old a hint may be. It is also the longest that a new isolate can miss an opening by it. */
const lifeMs = 1000;

/** From this age on the first who sees it asks anew, while the others go on believing it. */
const renewedAfterMs = 600;

/** A place that is slower than this is of no use. */
const storeTimeoutMs = 50;

/** More circuits than these are not remembered as known: one more look each is no harm. */
const mostKnown = 10_000;

interface Word {
  readonly at: number;
  readonly reply: FleetReply;
  /** Somebody is asking anew. */
  readonly isClaimed?: boolean;
}

/**
 * Spares isolates that live for few calls the look at the store by which they start: one of them looks, and leaves
 * word for a second that the fleet is closed and nobody has raised an alarm. Any other word sends all to the store.
 * Reports, trials and commands never ask for a hint; a place that fails, is slow or lies costs a look, never a call.
 *
 * @throws {TypeError} for a carrier without `get` and `set`, or a bad prefix
 * @example
 * const store = upstashStore({ hint: hintFrom(cacheApi()) });
 */
export function hintFrom(carrier: HintCarrier, options: HintOptions = {}): StoreHint {
  return hintBy(carrier, checkedPrefix(anObject("options", options, ["prefix"]).prefix), epochMs);
}

/** @param now milliseconds that all who share the place count from the same moment */
export function hintBy(carrier: HintCarrier, prefix: string, now: () => number): StoreHint {
  for (const name of ["get", "set"] as const) {
    if (typeof carrier?.[name] !== "function") throw invalid(name, carrier?.[name], "a function");
  }
  const keyOf = (circuit: string): string => `${prefix}-hint:${encodeURIComponent(circuit)}`;

  return (store, waitUntil) => {
    /** Circuits that this isolate has asked about: what it asks from now on, it asks for a reason. */
    const known = new Set<string>();

    function leave(circuit: string, word: Word): void {
      const left = outsideRender(async () => carrier.set(keyOf(circuit), JSON.stringify(word), lifeMs));
      keepAlive(left, waitUntil);
    }

    async function ask(circuit: string, request: FleetRequest): Promise<FleetReply> {
      const reply = believedReply(await store.step(circuit, request), request);
      // That it is one of the few who are always asked for a sample says nothing to others.
      if (reply.isSuspect && isAlwaysAsked(request)) return reply;
      const isReport = request.type === "report";
      if (isReport && request.run !== 1 && !request.isFaded && isGood(reply)) return reply;
      // An alarm, or an opening that none has announced, is news: the next to start shall ask whether it is suspicious.
      const at = isReport ? now() - renewedAfterMs - 1 : now();
      leave(circuit, { at, reply: { ...reply, isGranted: false, isRepaired: false } });
      return reply;
    }

    return {
      ...withLooks(store),
      async step(circuit, request) {
        const isFirst = !known.has(circuit);
        if (known.size >= mostKnown) known.clear();
        known.add(circuit);
        const isLook = (request.type === "read" || request.type === "lease") && !isAlwaysAsked(request);
        const word = isFirst && isLook ? await wordIn(carrier, keyOf(circuit), request) : undefined;
        const ageMs = word ? now() - word.at : Infinity;
        if (!word || !isGood(word.reply) || Math.abs(ageMs) > lifeMs) return ask(circuit, request);
        if (ageMs > renewedAfterMs && !word.isClaimed) {
          leave(circuit, { ...word, isClaimed: true });
          keepAlive(ask(circuit, { ...request, type: "read" }), waitUntil);
        }
        return word.reply;
      },
    };
  };
}

/** So that samples never cease while there are errors, and an outage is met by some that are on their way. */
function isAlwaysAsked({ life }: FleetRequest): boolean {
  return life % oneOfJoining === 0;
}

/** The only word that is believed: it refuses nobody, and keeps no sample from the fleet. */
function isGood({ state, isSuspect, isGranted }: FleetReply): boolean {
  return state === "closed" && !isSuspect && !isGranted;
}

async function wordIn(carrier: HintCarrier, key: string, request: FleetRequest): Promise<Word | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), storeTimeoutMs);
  });
  try {
    const text = await Promise.race([outsideRender(async () => carrier.get(key)), late]);
    if (!text) return undefined;
    const { at, reply, isClaimed } = JSON.parse(text) as Word;
    return { at: Number(at), reply: believedReply(reply, request), isClaimed: isClaimed === true };
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
