import { describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, protect, withProtego } from "../../src/index.ts";
import { createDashboard } from "../../src/dashboard.ts";
import { protectAction, withProtegoApi } from "../../src/next.ts";
import { refusalResponse, staleIfError, watchBody } from "../../src/options.ts";
import { instrumentCircuits } from "../../src/otel.ts";
import { redisStore } from "../../src/redis.ts";
import { hintFrom, memoryStore, shareStore } from "../../src/store.ts";
import { storeContract } from "../../src/testing.ts";
import { upstashStore } from "../../src/upstash.ts";

/** Values that are wrong for everything of a kind, and what the error must say is expected. */
const wrong = {
  count: [[0, -1, 1.5, NaN, Infinity, "3", "many", null, {}, true], /a whole number of at least 1/],
  duration: [
    [-1, NaN, Infinity, "10 parsecs", "5", "", "1s2s", "-1s", null, {}, true],
    /milliseconds or a duration such as/,
  ],
  timeout: [[0, -1, NaN, "10 parsecs", "", null, {}, true], /a duration such as "10s", or false/],
  function: [["name", 7, null, {}, true], /a function/],
  rule: [["failureRate", 7, null, {}, () => true, []], /a rule of next-protego\/options/],
  matchers: [["TypeError", 7, {}, [7], ["TypeError"], [null]], /an array|a function/],
  enabled: [["false", 0, null, {}], /a boolean, "observe" or a function/],
  clock: [[7, null, {}, () => 5], /an object with a now\(\) function/],
  store: [[7, null, {}, "redis"], /a shared store such as upstashStore\(\)/],
  probe: [[7, null, {}, () => {}], /healthProbe\(…\) of next-protego\/options/],
  ramp: [["30s", 7, null, {}, () => true], /ramp\(…\) of next-protego\/options/],
  initial: [[7, null, {}, () => undefined], /restoreFrom\(…\) of next-protego\/options/],
  watchBody: [[7, null, {}, () => {}], /watchBody\(…\) of next-protego\/options/],
  name: [["", 7, null, {}, true], /a string that is not empty, or a function/],
} as const;

const everywhere = {
  failureThreshold: "count",
  resetTimeout: "duration",
  halfOpenRetries: "count",
  maxRetryAfter: "duration",
  maxConcurrent: "count",
  opensOn: "rule",
  resetBackoff: "function",
  ramp: "ramp",
  probe: "probe",
  on: "function",
  initial: "initial",
  clock: "clock",
  store: "store",
} as const;

const ofCalls = {
  ...everywhere,
  timeout: "timeout",
  isFailure: "function",
  ignoreErrors: "matchers",
  enabled: "enabled",
  name: "name",
} as const;

const work = () => Promise.resolve(new Response());

const makers: Array<[string, Record<string, keyof typeof wrong>, (options: object) => unknown]> = [
  ["createProtectedFetch", { ...ofCalls, fetch: "function", watchBody: "watchBody" }, createProtectedFetch],
  ["withProtego", ofCalls, (options) => withProtego(work, options)],
  ["protect", ofCalls, (options) => protect(work, { name: "bad", ...options })],
  ["protectAction", ofCalls, (options) => protectAction(work, { name: "bad", ...options } as never)],
  [
    "withProtegoApi",
    ofCalls,
    (options) => withProtegoApi((() => undefined) as never, { name: "bad", ...options } as never),
  ],
  ["circuits.register", everywhere, (options) => circuits.register("bad", options)],
];

describe.each(makers)("%s", (_maker, options, make) => {
  const rows = Object.entries(options).flatMap(([option, kind]) =>
    wrong[kind][0].map((value) => [option, value, wrong[kind][1]] as const),
  );
  test.each(rows)("refuses %s: %j, and says what to write", (option, value, expected) => {
    let error: unknown;
    try {
      make({ [option]: value });
    } catch (thrown) {
      error = thrown;
    }
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    const { message } = error as Error;
    expect(message).toContain(`next-protego [bad-option] option "${option}`);
    expect(message).toMatch(expected);
    const came =
      Object(value) === value ? `a value of type ${typeof value}` : String(value as unknown as string);
    expect(message.includes(came) || Array.isArray(value)).toBe(true);
  });

  test("leaves no circuit behind", () => {
    expect(circuits.get("bad")).toBeUndefined();
  });
});

test.each([
  ["createProtectedFetch", () => createProtectedFetch("fetch" as never)],
  ["createProtectedFetch", () => createProtectedFetch(null as never)],
  ["withProtego", () => withProtego("handler" as never)],
  ["withProtego", () => withProtego(work, "options" as never)],
  ["protect", () => protect(undefined as never, { name: "bad" })],
  ["protect", () => protect(work, undefined as never)],
  ["protect without a name", () => protect(work, {} as never)],
])("%s refuses arguments of the wrong kind", (_what, make) => {
  expect(make).toThrow(/^next-protego \[bad-option\] /);
  expect(make).toThrow(TypeError);
});

const circuit = (): ReturnType<typeof circuits.register> => circuits.register("misspelt");
const client = { evalsha: work, eval: work };
const redis = { pipeline: work };

test.each<[what: string, misspelt: string, meant: string, make: (options: never) => unknown]>([
  ["open", "force", "forced", (options) => circuit().open(options)],
  ["close", "froced", "forced", (options) => circuit().close(options)],
  ["halfOpen", "bye", "by", (options) => circuit().halfOpen(options)],
  ["reset", "bye", "by", (options) => circuit().reset(options)],
  ["circuits.admit", "timeOut", "timeout", (options) => circuits.admit("misspelt", options)],
  ["staleIfError", "maxage", "maxAge", staleIfError],
  ["watchBody", "idletimeout", "idleTimeout", watchBody],
  ["refusalResponse", "staus", "status", refusalResponse],
  ["shareStore", "qorum", "quorum", (options) => shareStore(memoryStore(), options)],
  ["redisStore", "prefx", "prefix", (options) => redisStore(client as never, options)],
  [
    "upstashStore",
    "hearbeat",
    "heartbeat",
    (options) => upstashStore({ redis, ...(options as object) } as never),
  ],
  ["hintFrom", "prefx", "prefix", (options) => hintFrom({ get: work, set: work } as never, options)],
  ["createDashboard", "authorise", "authorize", createDashboard],
  ["instrumentCircuits", "metric", "metrics", instrumentCircuits],
  ["storeContract", "seeds", "seed", (options) => storeContract(memoryStore(), options)],
])(
  "%s refuses the option %s, which it does not know, and says which was meant",
  async (_what, misspelt, meant, make) => {
    const made = async (): Promise<unknown> => make({ [misspelt]: undefined } as never);
    await expect(made).rejects.toThrow(
      new TypeError(`next-protego [bad-option] there is no option "${misspelt}"; did you mean "${meant}"?`),
    );
  },
);

test("what a message quotes of a bad value is short", () => {
  const long = "x".repeat(100_000);
  expect(() => createProtectedFetch({ resetTimeout: long as never })).toThrow(/^.{1,300}$/);
});
