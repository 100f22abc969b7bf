import { mock } from "node:test";
import { fileURLToPath } from "node:url";
import { circuitBreaker, ConsecutiveBreaker, handleAll } from "cockatiel";
import CircuitBreaker from "opossum";
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

/** By the rules of ours; those of other languages as far as our options can say them. */
const rules = {
  "ours: 3 in a row, 60 s, 2 trials": {},
  "`failureRate({ threshold: 0.5 })`": { opensOn: failureRate({ threshold: 0.5 }) },
  "as gobreaker: 6 in a row, 60 s, 1 trial": { opensOn: consecutiveFailures(6), halfOpenRetries: 1 },
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

type Call = (fails: boolean) => Promise<unknown>;

const answer: Call = async (fails) => {
  if (fails) throw new Error("500");
};

/** Share of good calls that were refused, in percent. Time is turned by hand. */
async function refusedShare(
  call: Call,
  turn: (ms: number) => void,
  abuse: (second: number) => number,
): Promise<number> {
  let refused = 0;
  for (let second = 0; second < 3600; second++) {
    for (let failure = 0; failure < abuse(second); failure++) await call(true).catch(() => {});
    for (let good = 0; good < 10; good++) {
      turn(90);
      await call(false).catch(() => refused++);
    }
    turn(100);
  }
  return Math.round((100 * refused) / 36_000);
}

type Made = { readonly call: Call; readonly turn: (ms: number) => void; readonly end: () => void };

let serial = 0;

function ours(options: object): Made {
  let now = 0;
  const name = `abuse ${++serial}`;
  const call = protect(answer, { name, clock: { now: () => now }, quiet: true, ...options });
  return { call, turn: (ms) => (now += ms), end: () => circuits.dispose(name) };
}

/** The peers themselves, with their own clocks and timers turned. */
function peer(make: () => Call, end: () => void = () => {}): Made {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_800_000_000_000 });
  const call = make();
  const ended = (): void => {
    end();
    mock.timers.reset();
  };
  return { call, turn: (ms) => mock.timers.tick(ms), end: ended };
}

const contestants: Record<string, () => Made> = {
  ...Object.fromEntries(Object.entries(rules).map(([name, options]) => [name, () => ours(options)])),
  "opossum 10 itself, with its defaults": () => {
    let breaker!: CircuitBreaker<[boolean]>;
    const make = (): Call => {
      breaker = new CircuitBreaker(answer);
      return (fails) => breaker.fire(fails);
    };
    return peer(make, () => breaker.shutdown());
  },
  "cockatiel 4 itself, by the example of its README: 5 in a row, 10 s": () =>
    peer(() => {
      const policy = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) });
      return (fails) => policy.execute(() => answer(fails));
    }),
};

console.log(`| | ${Object.keys(abuses).join(" | ")} |\n|---|${"---|".repeat(Object.keys(abuses).length)}`);
for (const [name, make] of Object.entries(contestants)) {
  const cells: string[] = [];
  for (const abuse of Object.values(abuses)) {
    const { call, turn, end } = make();
    cells.push(`${await refusedShare(call, turn, abuse)} %`);
    end();
  }
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
