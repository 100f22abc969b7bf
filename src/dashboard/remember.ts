import type { ProtegoEvent } from "../breaker/events.ts";
import { registry } from "../breaker/registry.ts";
import { type Watcher, watchers } from "../breaker/watchers.ts";
import { epochMs, monotonicClock } from "../runtime/clock.ts";
import { isBuildPhase, sharesWork } from "../runtime/environment.ts";
import { History, type Moment, sliceMs } from "./history.ts";

export interface RememberOptions {
  /**
   * Hears of every call, for metrics that need it: durations as a histogram, kinds of failures, reasons of refusals.
   * Costs each call about a microsecond.
   *
   * @default false
   */
  everyCall?: boolean | undefined;
}

/** Calls that are measured in ten seconds where nobody looks. */
const sampledCalls = 200;
/** So long after a look every call is measured. */
const lookMs = 60_000;

/** The history of this process, and what keeps it up to date. */
export interface Memory {
  readonly history: History;
  /** Brings the history up to date, because somebody wants to see it. A scrape is no look. */
  look(isLook?: boolean): History;
  hearEveryCall(): void;
  end(): void;
}

const key = Symbol.for("next-protego/history/1");

/**
 * Remembers from now on what the circuits of this process do: an hour in buckets, changes of state, incidents, bounded
 * in bytes. It reads the totals that circuits keep anyway, by a timer that keeps no process alive; where a timer
 * belongs to a request, only when somebody looks. `createDashboard` calls it; called in `instrumentation.ts`, it
 * remembers from the start of the process instead of from the first time that the page's module is loaded.
 *
 * @returns a function that ends it and forgets
 * @example
 * // instrumentation.ts
 * export async function register() {
 *   const { remember } = await import("next-protego/dashboard");
 *   remember();
 * }
 */
export function remember({ everyCall = false }: RememberOptions = {}): () => void {
  const kept = memory();
  if (everyCall) kept.hearEveryCall();
  return () => kept.end();
}

/** The same one for every copy of this module; it begins when it is first asked for. */
export function memory(): Memory {
  const scope = globalThis as { [key]?: Memory | undefined };
  return (scope[key] ??= createMemory(() => delete scope[key]));
}

function moment(): Moment {
  return { now: monotonicClock.now(), epoch: epochMs() };
}

function createMemory(onEnd: () => void): Memory {
  const history = new History();
  let lookedAt = -Infinity;
  let left = sampledCalls;
  let hearsAll = false;
  let timer: unknown;

  function hear(event: ProtegoEvent): void {
    const isEnd = event.type === "call.succeeded" || event.type === "call.failed";
    if (!hearsAll && !isEnd) return;
    const now = monotonicClock.now();
    history.heard(event, now, hearsAll);
    if (isEnd && --left <= 0 && !hearsAll && now - lookedAt > lookMs) registry().listeners.delete(hear);
  }

  function listen(): void {
    left = sampledCalls;
    registry().listeners.add(hear);
  }

  const watcher: Watcher = (breaker, event) => {
    try {
      if (!event) history.forgotten(breaker, moment());
      else if ("type" in event) history.changed(breaker, event, moment());
      else history.commanded(breaker, event.by, moment());
    } catch {
      // Nothing that is only told about may break a call.
    }
  };

  function tick(): void {
    history.sample(moment());
    listen();
    schedule();
  }

  function schedule(): void {
    try {
      timer = setTimeout(tick, sliceMs);
      const { unref } = timer as { unref?: () => void };
      if (unref) unref.call(timer);
      else clearTimeout(timer as number); // It would keep something alive: looks have to do.
    } catch {
      // No timers here.
    }
  }

  watchers().add(watcher);
  history.sample(moment());
  if (sharesWork() && !isBuildPhase()) {
    listen();
    schedule();
  }
  return {
    history,
    hearEveryCall() {
      hearsAll = true;
      listen();
    },
    look(isLook = true) {
      const at = moment();
      history.sample(at);
      if (isLook) {
        lookedAt = at.now;
        listen();
      }
      return history;
    },
    end() {
      clearTimeout(timer as number);
      watchers().delete(watcher);
      registry().listeners.delete(hear);
      onEnd();
    },
  };
}
