import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, protect, type ProtegoEvent } from "../../src/index.ts";
import { anyOf, healthProbe, opensWhen, ramp, staleIfError } from "../../src/options.ts";
import { createDashboard } from "../../src/dashboard.ts";
import { prometheusText } from "../../src/dashboard/prometheus.ts";
import { memory } from "../../src/dashboard/remember.ts";
import { resetCircuits } from "../../src/testing.ts";
import { hostileValues } from "./any-behaviour.ts";

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  resetCircuits();
  unhandled.length = 0;
  process.on("unhandledRejection", note);
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  process.off("unhandledRejection", note);
  vi.restoreAllMocks();
});

const rule = { kind: "own", begin: () => 0, record: () => 0, trips: () => false, failures: () => 0 };

/** Where a function is asked in the middle of a call, which cannot wait. */
const places: Array<[string, (fn: () => unknown) => unknown]> = [
  ["enabled", (fn) => createProtectedFetch({ enabled: fn as never })],
  ["name", (fn) => createProtectedFetch({ name: fn as never })],
  ["resetBackoff", (fn) => createProtectedFetch({ resetBackoff: fn as never })],
  ["ramp", (fn) => ramp(fn as never)],
  ["ignoreErrors", (fn) => createProtectedFetch({ ignoreErrors: [fn as never] })],
  ["opensWhen", (fn) => opensWhen(fn as never)],
  ["opensOn.trips", (fn) => createProtectedFetch({ opensOn: { ...rule, trips: fn as never } })],
  ["opensOn.record", (fn) => anyOf({ ...rule, record: fn as never })],
  ["stale.key", (fn) => staleIfError({ key: fn as never })],
];

test.each(places)("an async function as %s is refused in words, a plain one is not", (option, make) => {
  expect(() => make(async () => false)).toThrow(
    new RegExp(
      `option "${option.replace(".", "\\.")}(\\[\\])?" must be a function that answers at once, not an async one`,
    ),
  );
  expect(() => make(() => false)).not.toThrow();
});

/** A function that is async without looking it: compiled to an older language, or one that returns a call. */
const late = (): Promise<never> => Promise.reject(new Error("of the user's"));

test.each([
  ["enabled", { enabled: late }],
  ["name", { name: late }],
  ["resetBackoff", { resetBackoff: late }],
  ["ramp", { ramp: ramp(late as never) }],
  ["probe", { probe: healthProbe(late) }],
  ["ignoreErrors", { ignoreErrors: [late] }],
  ["opensWhen", { opensOn: opensWhen(late as never) }],
  ["a rule", { opensOn: { ...rule, record: late, trips: late, begin: late, failures: late } }],
  ["on", { on: late }],
  ["isFailure", { isFailure: late }],
])(
  "%s that answers later all the same ends no process, and is as if it were not there",
  async (_, options) => {
    const run = protect(
      (fail: boolean) => (fail ? Promise.reject(new Error("down")) : Promise.resolve("answer")),
      {
        name: "asked",
        failureThreshold: 1,
        ...(options as object),
      },
    );
    expect(await run(false)).toBe("answer");
    await run(true).catch(() => {});
    for (const circuit of circuits.list()) circuit.halfOpen();
    await run(false).catch(() => {});
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
    expect(circuits.snapshot().every(({ inFlight }) => inFlight === 0)).toBe(true);
  },
);

test("the dashboard's audit may be far away, and fail there", async () => {
  circuits.register("orders");
  const token = "0123456789abcdef";
  const { POST } = createDashboard({ authorize: token, audit: late as never });
  const request = new Request("https://app.test/circuits/orders/open", {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  const context = { params: Promise.resolve({ path: ["circuits", "orders", "open"] }) };
  expect((await POST(request, context)).status).toBe(200);
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});

test.each(Object.keys(hostileValues))("a rule that counts %s breaks no snapshot", async (what) => {
  const opensOn = { ...rule, failures: hostileValues[what] as () => number };
  await protect(() => Promise.resolve(), { name: "counted", opensOn })();
  expect(circuits.snapshot()[0]!.failures).toBeTypeOf("number");
});

describe.each(Object.keys(hostileValues).filter((what) => what !== "undefined"))(
  "an error that is %s",
  (what) => {
    test("is told in words everywhere, and silences no listener", async () => {
      const heard: ProtegoEvent["type"][] = [];
      const stop = circuits.subscribe(() => {
        throw hostileValues[what]!();
      });
      circuits.subscribe(({ type }) => heard.push(type));
      const run = protect(() => Promise.reject(hostileValues[what]!() as Error), {
        name: "hostile",
        failureThreshold: 1,
      });
      await run().catch(() => {});
      stop();
      expect(heard).toEqual(["circuit.created", "call.allowed", "call.failed", "circuit.changed"]);
      expect(typeof circuits.snapshot()[0]!.lastFailure).toBe("string");
      expect(prometheusText(memory().look(false))).toContain("hostile");
    });
  },
);
