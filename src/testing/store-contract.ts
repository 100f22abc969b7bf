import { anObject, optionalFunction } from "../core/option.ts";
import type { Store } from "../core/store.ts";
import { random } from "../runtime/random.ts";
import { concurrencyChecks } from "./contract/concurrency-checks.ts";
import { historyChecks } from "./contract/history-checks.ts";
import { listingChecks } from "./contract/listing-checks.ts";
import { keepingChecks } from "./contract/keeping-checks.ts";
import { type Check, createProbe } from "./contract/probe.ts";
import { timeChecks } from "./contract/time-checks.ts";

export interface StoreContractOptions {
  /**
   * Makes what is kept of a circuit so much older: by a clock of the test's, or by changing the time at which the
   * record was written; where there is none it does nothing. Without it time is waited for, some seconds in all, and the checks of 48 hours are left out.
   */
  advance?: ((ms: number, circuit: string) => void | Promise<void>) | undefined;
  /**
   * Puts a text where the record of a circuit is kept. Without it the checks of broken records and of newer versions
   * are left out.
   */
  plant?: ((circuit: string, text: string) => void | Promise<void>) | undefined;
  /**
   * What a newer version of a record looks like, where the store does not keep the texts of `storeStep`.
   *
   * @default '{"schema":9007}'
   */
  newerRecord?: string | undefined;
  /**
   * Random histories in which the store must answer as the pure step does.
   *
   * @default 60
   */
  histories?: number | undefined;
  /**
   * Where chance begins: the same number gives the same histories.
   *
   * @default 1
   */
  seed?: number | undefined;
}

/** One demand on a store, for any test runner. */
export interface StoreCheck {
  /** The demand, as a sentence. */
  readonly name: string;
  /**
   * Where the store has no part for it, the reason is printed, and the runner's `skip` is called if it is handed over.
   *
   * @throws {Error} saying what was asked, what was expected and what came
   */
  readonly run: (...context: unknown[]) => Promise<void>;
}

/**
 * The contract of a store as checks: atomic under concurrency, times, expiry, names, broken and newer records, large
 * values, what it lists for people if it can, and the same answers as the pure step over random histories. They leave some hundred records behind that
 * expire; the names of most begin with `store contract`.
 *
 * @param store the store, or a function that opens one: it is called twice, for two clients of one database
 * @example
 * for (const { name, run } of storeContract(() => postgresStore(pool), { advance, plant })) test(name, run);
 */
export function storeContract(
  store: Store | (() => Store | Promise<Store>),
  options: StoreContractOptions = {},
): StoreCheck[] {
  const known = ["advance", "plant", "newerRecord", "histories", "seed"];
  const {
    plant,
    newerRecord = '{"schema":9007}',
    histories = 60,
    seed = 1,
  } = anObject("options", options, known);
  const advance = optionalFunction("advance", options.advance);
  const open = typeof store === "function" ? store : () => store;
  const clients = new Map<number, Promise<Store>>();
  const client = (index: number): Promise<Store> => {
    const opened = clients.get(index) ?? Promise.resolve(open());
    clients.set(index, opened);
    return opened;
  };
  // A database may still hold what an earlier run has left.
  const run = Math.floor(random() * 2 ** 32).toString(36);
  const checks: Check[] = [
    ...keepingChecks({ plant: optionalFunction("plant", plant), newerRecord }),
    ...concurrencyChecks,
    ...timeChecks(advance !== undefined),
    ...listingChecks,
    ...historyChecks({ histories, seed, mayAdvance: advance !== undefined }),
  ];
  return checks.map(({ name, check }, number) => ({
    name,
    async run(...[context]) {
      let reason: string | undefined;
      const skip = (why: string): void => void (reason = why);
      await check(createProbe(client, advance, `store contract ${run} ${number}`, skip));
      if (reason !== undefined) leaveOut(name, reason, context);
    },
  }));
}

/** A runner that hands over what it calls a context, as Node's and Vitest do, counts the check as skipped. */
function leaveOut(name: string, reason: string, context: unknown): void {
  console.info(`next-protego: store contract, left out: ${name}. ${reason}`);
  const { skip } = (context ?? {}) as { skip?: (reason: string) => void };
  if (typeof skip === "function") skip.call(context, reason);
}
