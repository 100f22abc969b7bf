import { fileURLToPath } from "node:url";
import type * as Entry from "../../dist/index.js";
import type * as Values from "../../dist/options.js";

/**
 * What one client that can make an upstream fail does to everybody else: an hour of virtual time, ten good calls a second.
 * Run after a build: `node test/bench/abuse.ts`.
 */

const from = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const { circuits, protect } = (await import(from("index.js"))) as typeof Entry;
const { consecutiveFailures, failureRate, trials } = (await import(from("options.js"))) as typeof Values;
const abuses = {
  "three failures a minute": (second: number): number => (second % 60 === 0 ? 3 : 0),
  "three failures each ten minutes": (second: number): number => (second % 600 === 0 ? 3 : 0),
  "one failure a second": (): number => 1,
};

/** Ours, and the defaults of others as far as our options can say them. */
const rules = {
  "ours: 3 in a row, 60 s, 2 trials": {},
  "`failureRate({ threshold: 0.5 })`": { opensOn: failureRate({ threshold: 0.5 }) },
  "as gobreaker: 6 in a row, 60 s, 1 trial": { opensOn: consecutiveFailures(6), halfOpenRetries: 1 },
  "as cockatiel's example: 5 in a row, 10 s, 1 trial": {
    opensOn: consecutiveFailures(5),
    resetTimeout: "10s" as const,
    halfOpenRetries: 1,
  },
  "as opossum: half of 10 s, 30 s, 1 trial": {
    opensOn: failureRate({ threshold: 0.51, minimumCalls: 1 }),
    resetTimeout: "30s" as const,
    halfOpenRetries: 1,
  },
  "as resilience4j: half of 100 calls, 60 s, 10 trials of which half may fail": {
    opensOn: failureRate({ threshold: 0.5, window: 100, minimumCalls: 100 }),
    halfOpenRetries: trials({ successes: 6, concurrent: 6, tolerate: 0.4 }),
  },
  "as Polly: a tenth of 30 s, at least 100 calls, 5 s, 1 trial": {
    opensOn: failureRate({ threshold: 0.1, window: "30s", minimumCalls: 100 }),
    resetTimeout: "5s" as const,
    halfOpenRetries: 1,
  },
};

let serial = 0;

/** Share of good calls that were refused, in percent. */
async function refusedShare(options: object, abuse: (second: number) => number): Promise<number> {
  let now = 0;
  const name = `abuse ${++serial}`;
  const clock = { now: () => now };
  const call = protect(
    (fails: boolean) => (fails ? Promise.reject(new Error("500")) : Promise.resolve("fine")),
    {
      name,
      clock,
      quiet: true,
      ...options,
    },
  );
  let refused = 0;
  for (let second = 0; second < 3600; second++) {
    now = second * 1000;
    for (let failure = 0; failure < abuse(second); failure++) await call(true).catch(() => {});
    for (let good = 0; good < 10; good++) {
      now += 90;
      await call(false).catch(() => refused++);
    }
  }
  circuits.dispose(name);
  return Math.round((100 * refused) / 36_000);
}

console.log(`| | ${Object.keys(abuses).join(" | ")} |\n|---|${"---|".repeat(Object.keys(abuses).length)}`);
for (const [rule, options] of Object.entries(rules)) {
  const cells: string[] = [];
  for (const abuse of Object.values(abuses)) cells.push(`${await refusedShare(options, abuse)} %`);
  console.log(`| ${rule} | ${cells.join(" | ")} |`);
}
