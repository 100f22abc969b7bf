import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { createDashboard, remember } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { registry } from "../../src/breaker/registry.ts";
import { memoryStore, shareStore } from "../../src/store.ts";
import { testClock } from "../../src/testing.ts";
import { freshHistory } from "./fresh-history.ts";

const dashboard = createDashboard({ authorize: () => true, audit: () => {} });

beforeEach(freshHistory);

async function scrape(): Promise<string> {
  const response = await dashboard.fetch(new Request("http://localhost/protego/metrics"));
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return response.text();
}

/** Value of a series, by its name and labels as they are written. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1).replace("+Inf", "Infinity"));
}

const own = (name: string, more = "") => `{protego_circuit_name="${name}"${more}}`;
const failed = (name: string, more = "") =>
  `protego_calls_total${own(name, `,protego_mode="enforce",protego_call_outcome="failed"${more}`)}`;

function failing(name: string, options = {}) {
  const call = protect(() => Promise.reject(new RangeError("no")), { name, ...options });
  return async (times = 1): Promise<void> => {
    for (let i = 0; i < times; i++) await call().catch(() => {});
  };
}

test("every line is well-formed, whatever the names are", async () => {
  circuits.register('quote " and \\ and \n line');
  circuits.register("limited", { maxConcurrent: 5 });
  circuits.register("held").open({ forced: true });
  await failing("payments")(4);
  const text = await scrape();
  expect(text).toContain('{protego_circuit_name="quote \\" and \\\\ and \\n line"}');
  const line =
    /^(# (HELP|TYPE) protego_[a-z_]+ .+|protego_[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="[^"\\\n]*")*\})? (\+Inf|[\d.]+))$/;
  expect(text.endsWith("\n")).toBe(true);
  for (const each of text.trimEnd().split("\n")) expect(each).toMatch(line);
  const types = text.split("\n").filter((each) => each.startsWith("# TYPE"));
  expect(new Set(types).size).toBe(types.length);
});

test("a state is one series; when it left closed, whether it is held, and what is under way are others", async () => {
  circuits.register("calm", { maxConcurrent: 5 });
  circuits.register("held").open({ forced: true });
  circuits.register("trying").halfOpen();
  const before = Date.now() / 1000;
  await failing("broken", { resetTimeout: "20s" })(3);
  const text = await scrape();
  const states = ["calm", "trying", "held", "broken"].map((name) =>
    valueOf(text, `protego_state${own(name)}`),
  );
  expect(states).toEqual([0, 1, 2, 2]);
  expect(text).toContain("# TYPE protego_state gauge");
  expect(valueOf(text, `protego_not_closed_since_seconds${own("calm")}`)).toBeUndefined();
  expect(valueOf(text, `protego_not_closed_since_seconds${own("broken")}`)).toBeGreaterThan(before - 5);
  expect(valueOf(text, `protego_held${own("held")}`)).toBe(1);
  expect(valueOf(text, `protego_held${own("broken")}`)).toBe(0);
  expect(valueOf(text, `protego_retry_after_seconds${own("held")}`)).toBe(Infinity);
  expect(valueOf(text, `protego_retry_after_seconds${own("broken")}`)).toBeCloseTo(20, 0);
  expect(valueOf(text, `protego_in_flight_limit${own("calm")}`)).toBe(5);
  expect(valueOf(text, `protego_in_flight_limit${own("broken")}`)).toBeUndefined();
  expect(valueOf(text, `protego_last_call_seconds${own("broken")}`)).toBeGreaterThan(before - 5);
  expect(valueOf(text, `protego_last_call_seconds${own("calm")}`)).toBeUndefined();
  const opening =
    ',protego_transition_from="closed",protego_transition_to="open",protego_transition_reason="calls"';
  expect(valueOf(text, `protego_transitions_total${own("broken", opening)}`)).toBe(1);
  expect(valueOf(text, "protego_circuits")).toBe(4);
});

describe("counters never fall", () => {
  test("when a circuit is reset", async () => {
    const call = failing("api");
    await call(2);
    expect(valueOf(await scrape(), failed("api"))).toBe(2);
    circuits.get("api")!.reset();
    expect(valueOf(await scrape(), failed("api"))).toBe(2);
    await call(1);
    expect(valueOf(await scrape(), failed("api"))).toBe(3);
  });

  test("nor is a call lost that was made since the last reading when a circuit is reset", async () => {
    const call = failing("api", { failureThreshold: 9 });
    await call(2);
    expect(valueOf(await scrape(), failed("api"))).toBe(2);
    await call(3);
    circuits.get("api")!.reset();
    await call(1);
    expect(valueOf(await scrape(), failed("api"))).toBe(6);
  });

  test("when a circuit is forgotten to make room, and when it comes back", async () => {
    circuits.limit(2);
    await failing("first")(2);
    for (let i = 0; i < 6; i++) await failing(`other ${i}`)(1);
    expect(circuits.get("first")).toBeUndefined();
    const text = await scrape();
    expect(valueOf(text, failed("first"))).toBe(2);
    expect(valueOf(text, `protego_state${own("first")}`)).toBeUndefined();
    expect(valueOf(text, "protego_evictions_total")).toBe(5);
    await failing("first")(1);
    expect(valueOf(await scrape(), failed("first"))).toBe(3);
    circuits.limit(1000);
  });

  test("when there are more names than are remembered: the rest is one series", async () => {
    circuits.limit(1);
    for (let i = 0; i < 1100; i++) await failing(`tenant ${i}`)(1);
    const text = await scrape();
    const total = [...text.matchAll(/^protego_calls_total\{.*outcome="failed"\} (\d+)$/gm)];
    expect(total.reduce((sum, [, calls]) => sum + Number(calls), 0)).toBe(1100);
    expect(valueOf(text, failed("_other"))).toBe(99);
    circuits.limit(1000);
  });
});

test("observe mode says what it is: calls were made, and none was refused", async () => {
  const call = protect(() => Promise.resolve(1), { name: "api", enabled: "observe" });
  circuits.get("api");
  await call();
  circuits.get("api")!.open();
  for (let i = 0; i < 10; i++) await call();
  const text = await scrape();
  expect(valueOf(text, `protego_refusals_total${own("api", ',protego_mode="enforce"')}`)).toBe(0);
  expect(valueOf(text, `protego_refusals_total${own("api", ',protego_mode="observe"')}`)).toBe(10);
  expect(valueOf(text, `protego_enforced${own("api")}`)).toBe(0);
});

test("what answered in place of a call is counted by its kind, over a reset, and from before anybody looked", async () => {
  const call = failing("api", { failureThreshold: 2, fallback: () => 7 });
  const kind = (which: string) =>
    `protego_substitutes_total${own("api", `,protego_substitute_kind="${which}"`)}`;
  await protect(() => Promise.resolve(1), { name: "calm" })();
  await call(5);
  const text = await scrape();
  expect([
    valueOf(text, kind("fallback")),
    valueOf(text, kind("stale")),
    valueOf(text, kind("cache")),
  ]).toEqual([3, 0, 0]);
  expect(text).not.toContain('protego_substitutes_total{protego_circuit_name="calm"');
  circuits.get("api")!.reset();
  await call(3);
  expect(valueOf(await scrape(), kind("fallback"))).toBe(4);
});

test("a scrape starts nothing: no listener, and no look", async () => {
  registry().listeners.clear();
  await scrape();
  expect(registry().listeners.size).toBe(0);
});

describe("with everyCall", () => {
  test("durations are a histogram, failures have a type and refusals a reason", async () => {
    remember({ everyCall: true });
    const clock = testClock();
    const call = protect(
      (ms: number, error?: Error) => {
        clock.advance(ms);
        return error ? Promise.reject(error) : Promise.resolve(1);
      },
      { name: "api", clock, failureThreshold: 2 },
    );
    await call(30);
    await call(30_000);
    await call(7, new RangeError("no")).catch(() => {});
    await call(7, Object.assign(new Error("no"), { code: "ECONNRESET" })).catch(() => {});
    await call(1).catch(() => {});
    const text = await scrape();
    expect(text).toContain("# TYPE protego_call_duration_seconds histogram");
    const bucket = (le: string) =>
      valueOf(text, `protego_call_duration_seconds_bucket${own("api", `,le="${le}"`)}`);
    expect([bucket("0.005"), bucket("0.01"), bucket("0.05"), bucket("10"), bucket("+Inf")]).toEqual([
      0, 2, 3, 3, 4,
    ]);
    expect(valueOf(text, `protego_call_duration_seconds_count${own("api")}`)).toBe(4);
    expect(valueOf(text, `protego_call_duration_seconds_sum${own("api")}`)).toBeCloseTo(30.044, 3);
    expect(valueOf(text, failed("api", ',error_type="RangeError"'))).toBe(1);
    expect(valueOf(text, failed("api", ',error_type="ECONNRESET"'))).toBe(1);
    const open = ',protego_mode="enforce",protego_refusal_reason="open"';
    expect(valueOf(text, `protego_refusals_total${own("api", open)}`)).toBe(1);
  });

  test("kinds of failures are bounded", async () => {
    remember({ everyCall: true });
    for (let i = 0; i < 50; i++) {
      const error = Object.assign(new Error("no"), { code: `E_${i}_X` });
      await protect(() => Promise.reject(error), { name: "api", failureThreshold: 99 })().catch(() => {});
    }
    const types = (await scrape()).match(/error_type="[^"]*"/g)!;
    expect(types.length).toBe(21);
    expect(types).toContain('error_type="_OTHER"');
  });
});

test("requests to stores are told, and never fall, though the circuits that sent them are forgotten", async () => {
  expect(await scrape()).not.toContain("protego_store_requests_total{");
  const store = shareStore(memoryStore());
  await failing("shared", { store })();
  const ofResult = async (result: string) =>
    valueOf(await scrape(), `protego_store_requests_total{protego_store_result="${result}"}`)!;
  const before = await ofResult("answered");
  expect(before).toBeGreaterThan(0);
  expect(await ofResult("not_sent")).toBe(0);
  circuits.dispose("shared");
  expect(await ofResult("answered")).toBeGreaterThanOrEqual(before);
});

test("which version runs is told, and it is the package's", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(valueOf(await scrape(), `protego_build_info{protego_version="${version}"}`)).toBe(1);
});

test("rounds of trials are counted by what they found; a command ends none", async () => {
  const clock = testClock();
  let fails = true;
  const call = protect(() => (fails ? Promise.reject(new RangeError("no")) : Promise.resolve(1)), {
    name: "payments",
    clock,
    failureThreshold: 1,
    halfOpenRetries: 2,
    resetTimeout: "10s",
    resetBackoff: () => 10_000,
  });
  const send = () => call().catch(() => {});
  await send();
  for (let round = 0; round < 2; round++) {
    clock.advance(10_000);
    await send();
  }
  fails = false;
  clock.advance(10_000);
  await send();
  await send();
  circuits.get("payments")!.halfOpen();
  circuits.get("payments")!.close();
  const text = await scrape();
  const of = (found: string) =>
    valueOf(text, `protego_trials_total${own("payments", `,protego_trial_outcome="${found}"`)}`);
  expect([of("failed"), of("succeeded")]).toEqual([2, 1]);
});
