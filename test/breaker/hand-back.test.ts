import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, type OpeningRule, protect, withProtego } from "../../src/index.ts";
import { staleIfError, watchedCalls } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";
import { hostileValues } from "./any-behaviour.ts";

beforeEach(() => {
  resetCircuits();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const fails = (): never => {
  throw new Error("of the user's own");
};
const snapshot = () => circuits.get("upstream")!.snapshot();
const settled = (call: unknown): Promise<unknown> => Promise.resolve(call).catch(() => {});

describe("a place comes back whatever the upstream answers:", () => {
  const answers: Array<[string, () => unknown]> = [
    ...Object.entries(hostileValues).filter(([what]) => what !== "a thenable that hangs"),
    ["status 500 and no headers", () => ({ status: 500 })],
    ["status 503 and headers that throw", () => ({ status: 503, headers: { get: fails } })],
    ["a throwing status", () => Object.defineProperty({}, "status", { get: fails })],
  ];
  const wrappers: Array<[string, (fn: () => unknown) => () => unknown]> = [
    [
      "fetch",
      (fn) => {
        const fetch = createProtectedFetch({ name: "upstream", maxConcurrent: 2, fetch: fn as never });
        return () => fetch("https://up.test/");
      },
    ],
    ["protect", (fn) => protect(fn, { name: "upstream", maxConcurrent: 2 }) as never],
    ["withProtego", (fn) => withProtego(fn as never, { name: "upstream", maxConcurrent: 2 }) as never],
  ];
  for (const [wrapper, wrap] of wrappers) {
    test.each(answers)(`%s, returned, resolved, thrown and rejected around ${wrapper}`, async (_, value) => {
      const ways = [
        () => value(),
        () => Promise.resolve(value()),
        () => {
          throw value();
        },
        () => Promise.reject(value() as Error),
      ];
      for (const way of ways) {
        resetCircuits();
        // oxlint-disable-next-line no-await-in-loop
        await settled(wrap(way)());
        expect(snapshot()).toMatchObject({ inFlight: 0, totals: { allowed: 1, refused: 0 } });
      }
    });
  }
});

const hangs = () => new Promise<boolean>(() => {});

test.each([
  ["a value of protect", () => protect(() => Promise.resolve(1), { name: "upstream", isFailure: hangs })()],
  [
    "an error of protect",
    () => protect(() => Promise.reject(new Error("a")), { name: "upstream", isFailure: hangs })(),
  ],
  [
    "an error of fetch",
    () =>
      createProtectedFetch({
        name: "upstream",
        isFailure: hangs,
        fetch: () => Promise.reject(new TypeError("fetch failed")),
      })("https://up.test/"),
  ],
  [
    "an error in the middle of a generator",
    async () => {
      const generate = protect(
        // oxlint-disable-next-line require-yield
        async function* () {
          throw new Error("a");
        },
        { name: "upstream", isFailure: hangs },
      );
      for await (const _ of generate());
    },
  ],
])(
  "a verdict on %s that never comes is a failure after a while, and holds no place meanwhile",
  async (_, call) => {
    vi.useFakeTimers();
    await settled(call());
    await vi.advanceTimersByTimeAsync(10);
    expect(snapshot()).toMatchObject({ inFlight: 0, totals: { failed: 0 } });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(snapshot().totals).toMatchObject({ failed: 1 });
  },
);

const sound: OpeningRule = {
  kind: "own",
  begin: () => 0,
  record: (tally) => tally,
  trips: () => false,
  failures: () => 0,
};

test.each(["begin", "record", "trips", "failures", "starts", "ends", "sheds"])(
  "a rule of one's own whose %s throws breaks no call, and keeps no place",
  async (part) => {
    const opensOn = {
      ...sound,
      starts: () => 1,
      ends() {},
      sheds: () => false,
      watch: watchedCalls,
      [part]: fails,
    };
    const call = protect(
      (fail: boolean) => (fail ? Promise.reject(new Error("down")) : Promise.resolve("answer")),
      {
        name: "upstream",
        opensOn,
      },
    );
    expect(await call(false)).toBe("answer");
    await expect(call(true)).rejects.toThrow("down");
    circuits.get("upstream")!.halfOpen();
    for (let trial = 0; trial < 2; trial++) expect(await call(false)).toBe("answer");
    expect(snapshot()).toMatchObject({ state: "closed", inFlight: 0, failures: 0 });
  },
);

test.each([
  ["stale.remember", { stale: { remember: fails, recall: () => undefined } }],
  ["stale.key", { stale: staleIfError({ key: fails }) }],
  ["watchBody", { watchBody: { watch: fails } }],
])("%s that throws loses neither the answer nor the place", async (_, options) => {
  const call = createProtectedFetch({
    name: "upstream",
    ...options,
    fetch: () => Promise.resolve(new Response("answer")),
  });
  expect(await (await call("https://up.test/")).text()).toBe("answer");
  expect(snapshot()).toMatchObject({ inFlight: 0, totals: { succeeded: 1 } });
});
