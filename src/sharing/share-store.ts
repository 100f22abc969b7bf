import { liveBreaker } from "../breaker/registry.ts";
import type { SharedStore } from "../breaker/shared-store.ts";
import { believable, withLooks } from "../core/believed-reply.ts";
import { durationMs, type Duration } from "../core/duration.ts";
import { type FleetReply, mostVotes } from "../core/fleet-record.ts";
import { anObject, count, invalid, optionalFunction, share } from "../core/option.ts";
import { keepAlive } from "../runtime/background.ts";
import { monotonicClock } from "../runtime/clock.ts";
import { random } from "../runtime/random.ts";
import { isBuildPhase, tellOnce } from "../runtime/environment.ts";
import type { Store } from "../core/store.ts";
import { joinFleet } from "./fleet-member.ts";
import { guardStore, storeTimeoutMs } from "./guarded-store.ts";
import { isolateIdentity } from "./isolate-identity.ts";
import { labelled } from "./labelled.ts";

/** How isolates share their circuits. */
export interface SharingOptions {
  /**
   * Distinct isolates that must see the upstream fail before the fleet opens. With 1 a single bad isolate opens it
   * for all; a fleet of one server needs 1.
   *
   * @default 2
   */
  quorum?: number | undefined;
  /**
   * Share of bad samples, among those that isolates report after an alarm, from which the fleet opens.
   *
   * @default 0.5
   */
  share?: number | undefined;
  /**
   * How long a report counts.
   *
   * @default "10s"
   */
  window?: Duration | undefined;
  /**
   * The longest that a call waits for the store, where it has to: an isolate's first call, a call that could be a
   * trial, and calls while the store is asked about an outage that the isolate suspects.
   *
   * @default "100ms"
   */
  maxWait?: Duration | undefined;
  /**
   * How often an isolate that has nothing to tell asks all the same, in the background, while it has calls. It is how
   * a command given elsewhere reaches isolates whose calls succeed. A long-lived server can afford `"5s"`.
   *
   * @default "10m"
   */
  heartbeat?: Duration | undefined;
  /**
   * The requests that an isolate may send to the store in a minute on average, whatever its calls do; after a quiet time up
   * to as many more at once. What is over it is not sent: the isolate decides alone. Only what gives back a trial's
   * place, and commands by hand, are sent all the same.
   *
   * @default 60
   */
  budget?: number | undefined;
  /**
   * What an isolate does that has lost the store, after three errors in a row: decides `"alone"`, by what its own calls
   * tell; or `"refuse"`s every call until there is an answer again, for upstreams that must not be called unless all
   * know of it. `close({ forced: true })` by hand lets calls through all the same.
   *
   * @default "alone"
   */
  whenLost?: "alone" | "refuse" | undefined;
  /**
   * What this isolate is called on the fleet's page and by `next-protego status`, beside its votes: a region, a
   * process. It is told to the store once, with the isolate's first report of a failure.
   *
   * @default a number
   */
  label?: string | undefined;
  /**
   * Keeps the isolate alive until a promise settles, where the platform's own way is not found by itself: Next's
   * `after`, or `waitUntil` of `cloudflare:workers`.
   */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

export const sharingOptions: readonly (keyof SharingOptions)[] = [
  "quorum",
  "share",
  "window",
  "maxWait",
  "heartbeat",
  "budget",
  "whenLost",
  "label",
  "waitUntil",
];

/**
 * Makes a store that circuits can be tied to, guarded: no call fails for it or waits for it beyond the bound.
 *
 * @throws {TypeError | RangeError} for a bad option
 */
export function shareStore(store: Store, options: SharingOptions = {}): SharedStore {
  anObject("options", options, sharingOptions);
  const rules = {
    quorum: quorumOf(options.quorum),
    sharePercent: Math.round(share("share", options.share ?? 0.5) * 100),
    windowMs: positive("window", options.window, 10_000),
    // By then the store has failed, and nothing is waited for; what is longer might overflow a timer.
    boundMs: Math.min(positive("maxWait", options.maxWait, 100), storeTimeoutMs),
    storeTimeoutMs,
    heartbeatMs: positive("heartbeat", options.heartbeat, 600_000),
    whenLost: aloneOrRefuse(options.whenLost),
  };
  const meanwhile = rules.whenLost === "refuse" ? "its circuits refuse calls" : "each isolate is on its own";
  const waitUntil = optionalFunction("waitUntil", options.waitUntil);
  const guarded = guardStore(labelled(believable(silentInBuild(store)), labelOf(options.label)), {
    now: () => monotonicClock.now(),
    random: random,
    storeTimeoutMs,
    boundMs: rules.boundMs,
    budget: count("budget", options.budget, 60),
    told: (failure) =>
      tellOnce(
        () => `[store-failed] the shared store failed (${failure}); ${meanwhile} until it answers again.`,
      ),
  });
  const inUse = { store, use: () => guarded.use() };
  const parts = {
    store: guarded,
    inUse,
    rules,
    random: random,
    identity: isolateIdentity(),
    keepAlive: (done: Promise<unknown>) => keepAlive(done, waitUntil),
  };
  let isWatched = false;
  function watch(): void {
    if (isWatched || !store.watch || isBuildPhase()) return;
    isWatched = true;
    // The store outlives its circuits: of each change that one is told which bears the name by then.
    const hear = (name: string, reply: FleetReply): void => {
      const fleet = liveBreaker(name)?.fleet;
      if (fleet?.inUse === inUse) fleet.told?.(reply);
    };
    // The first call of a circuit leads here: a store of the user's own may throw, or return no promise.
    const heard = new Promise((resolve) => resolve(store.watch!(hear)));
    heard.catch((error: unknown) =>
      tellOnce(
        () =>
          `[push-failed] the store's push is not heard (${nameOf(error)}); changes are learnt from its answers alone.`,
      ),
    );
  }
  return {
    inUse,
    attach(breaker) {
      watch();
      return joinFleet(breaker, parts);
    },
  };
}

/** Messages of clients quote keys and tokens. */
function nameOf(error: unknown): string {
  return String((error as Error | undefined)?.name ?? "unknown error");
}

/** Nothing is sent while `next build` runs: its failures are not the fleet's. */
function silentInBuild(store: Store): Store {
  const looks = withLooks(store);
  return {
    ...looks,
    ...(looks.note && { note: (note) => (isBuildPhase() ? Promise.resolve() : looks.note!(note)) }),
    step: (circuit, request) => (isBuildPhase() ? new Promise(() => {}) : store.step(circuit, request)),
  };
}

function labelOf(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value.length <= 200)) return value || undefined;
  throw invalid("label", value, "a name of this process of at most 200 characters");
}

function quorumOf(value: unknown): number {
  const quorum = count("quorum", value, 2);
  // A circuit keeps no more votes than these, and half of them must be bad.
  if (quorum <= mostVotes / 2) return quorum;
  throw invalid("quorum", value, `a whole number from 1 to ${mostVotes / 2}`);
}

function aloneOrRefuse(value: unknown): "alone" | "refuse" {
  if (value === undefined || value === "alone") return "alone";
  if (value === "refuse") return value;
  throw invalid("whenLost", value, '"alone" or "refuse"');
}

function positive(option: string, value: unknown, byDefault: number): number {
  const ms = value === undefined ? byDefault : durationMs(value);
  if (ms !== undefined && ms > 0 && ms < Infinity) return ms;
  throw invalid(option, value, 'more than 0 milliseconds or a duration such as "100ms"');
}
