import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDashboard, remember } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { instruments, prometheusName } from "../../src/telemetry/instruments.ts";
import { findPromtool } from "../setup/find-promtool.ts";
import { freshHistory } from "./fresh-history.ts";

const promtool = findPromtool();
const monitoring = fileURLToPath(new URL("../../docs/monitoring/", import.meta.url));
const every = 15;

let now = 0;
/** Prometheus' clock in a test of its begins at 0. */
let epochAtStart = 0;

beforeEach(({ skip }) => {
  skip(promtool === undefined, "no promtool: apt-get install prometheus, or set PROMTOOL_PATH");
  now = 1e7;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(performance, "now").mockImplementation(() => now);
  epochAtStart = performance.timeOrigin + now;
  freshHistory();
});
afterEach(() => {
  remember()();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What Prometheus scrapes of the real endpoint while calls are made, second by second, in its own notation. */
async function record(seconds: number, second: (at: number) => Promise<void>): Promise<string> {
  const dashboard = createDashboard({ authorize: () => true, audit: () => {} });
  const series = new Map<string, string[]>();
  let scrapes = 0;
  for (let at = 0; at <= seconds; at++) {
    if (at % every === 0) {
      const text = await (await dashboard.fetch(new Request("http://localhost/protego/metrics"))).text();
      const present = new Set<string>();
      for (const line of text.split("\n")) {
        const [, name, value] = /^([a-z_]+\{.*\}) ([\d.]+)$/.exec(line) ?? [];
        if (name === undefined) continue;
        const labelled = name.replace("{", '{job="shop",');
        present.add(labelled);
        const values = series.get(labelled) ?? Array<string>(scrapes).fill("_");
        series.set(labelled, values);
        values.push(/_since_seconds|last_call_seconds/.test(name) ? sinceStart(value!) : value!);
      }
      // A series that is gone from a scrape is marked as such by Prometheus.
      for (const [name, values] of series) {
        if (!present.has(name)) values.push(/stale|^_$/.test(values.at(-1)!) ? "_" : "stale");
      }
      scrapes++;
    }
    await second(at);
    now += 1000;
    await vi.advanceTimersByTimeAsync(1000);
  }
  return [...series]
    .map(([name, values]) => `      - series: '${name}'\n        values: '${values.join(" ")}'`)
    .join("\n");
}

function sinceStart(seconds: string): string {
  return (Number(seconds) - epochAtStart / 1000).toFixed(3);
}

/** Runs the rules over what was recorded. @param expected at which minutes which alerts are on, and which are not */
function verdictOf(series: string, expected: Array<[minute: number, alert: string, isOn: boolean]>): string {
  const summaries: Record<string, string> = {
    ProtegoCircuitBroken: "api has not been closed for more than a minute.",
    ProtegoCircuitFlaps: "api has opened again and again in a quarter of an hour.",
    ProtegoCallsRefused: "More than 5 % of the calls of api are refused, and nothing answers in their place.",
    ProtegoCircuitHeld: "api has been held by command for an hour.",
  };
  const severity = { ProtegoCircuitFlaps: "ticket", ProtegoCircuitHeld: "ticket" } as Record<string, string>;
  const tests = expected.map(([minute, alert, isOn]) => {
    const on = `
          - exp_labels: { job: shop, protego_circuit_name: api, severity: ${severity[alert] ?? "page"} }
            exp_annotations: { summary: "${summaries[alert]}" }`;
    return `      - eval_time: ${minute * 60}s\n        alertname: ${alert}\n        exp_alerts:${isOn ? on : " []"}`;
  });
  const folder = mkdtempSync(join(tmpdir(), "protego-alerts-"));
  const file = join(folder, "test.yml");
  writeFileSync(
    file,
    `rule_files: ["${monitoring}alerts.yml"]
evaluation_interval: ${every}s
tests:
  - interval: ${every}s
    input_series:
${series}
    alert_rule_test:
${tests.join("\n")}
`,
  );
  const { stdout, stderr, status } = spawnSync(promtool!, ["test", "rules", file], { encoding: "utf8" });
  return status === 0 ? "as expected" : stdout + stderr;
}

let fails = false;

function api(enabled: true | "observe" = true, more: { fallback?: () => number } = {}) {
  const call = protect(() => (fails ? Promise.reject(new RangeError("down")) : Promise.resolve(1)), {
    name: "api",
    resetTimeout: "20s",
    enabled,
    ...more,
  });
  return async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await call().catch(() => {});
  };
}

/** Two minutes well, five minutes down, then well again. */
const outage = (send: (times: number) => Promise<void>) => (at: number) => {
  fails = at >= 120 && at < 420;
  return send(5);
};

test("an outage pages after a minute, goes on through every half-open gap, and ends with it", async () => {
  const series = await record(900, outage(api()));
  expect(series).toContain("stale");
  expect(
    verdictOf(series, [
      [1.5, "ProtegoCircuitBroken", false],
      [2.75, "ProtegoCircuitBroken", false],
      ...[3.5, 4, 4.25, 4.5, 4.75, 5, 6, 6.75].map(
        (minute) => [minute, "ProtegoCircuitBroken", true] as [number, string, boolean],
      ),
      [8.5, "ProtegoCircuitBroken", false],
      [2, "ProtegoCallsRefused", false],
      [6, "ProtegoCallsRefused", true],
      [14.5, "ProtegoCallsRefused", false],
      [14.5, "ProtegoCircuitFlaps", false],
    ]),
  ).toBe("as expected");
});

test("the same outage that is only observed pages nobody", async () => {
  const series = await record(600, outage(api("observe")));
  expect(series).toContain('protego_mode="observe"');
  expect(
    verdictOf(
      series,
      [3, 4, 5, 6, 7, 8].flatMap((minute) => [
        [minute, "ProtegoCircuitBroken", false],
        [minute, "ProtegoCallsRefused", false],
      ]),
    ),
  ).toBe("as expected");
});

test("an outage behind a fallback is told as broken, and its refused calls page nobody: they are answered", async () => {
  const series = await record(900, outage(api(true, { fallback: () => 7 })));
  expect(series).toContain('protego_substitute_kind="fallback"');
  expect(
    verdictOf(series, [
      [6, "ProtegoCircuitBroken", true],
      ...[3, 4, 5, 6, 7].map((minute) => [minute, "ProtegoCallsRefused", false] as [number, string, boolean]),
    ]),
  ).toBe("as expected");
});

test("an upstream that flaps makes a ticket, and no page for any of its short outages", async () => {
  const send = api();
  const series = await record(1200, (at) => {
    fails = at % 120 > 100;
    return send(5);
  });
  expect(
    verdictOf(series, [
      [3, "ProtegoCircuitFlaps", false],
      [15, "ProtegoCircuitFlaps", true],
      ...[3, 7, 11, 15, 19].map(
        (minute) => [minute, "ProtegoCircuitBroken", false] as [number, string, boolean],
      ),
    ]),
  ).toBe("as expected");
});

test("a circuit that nobody calls any more does not page for ever, nor a refusal here and there", async () => {
  const send = api();
  const series = await record(2400, (at) => {
    fails = at >= 60;
    // A call every minute, for four minutes: three failures open it, the fourth is refused or a trial.
    return at % 60 === 0 && at <= 300 ? send(1) : Promise.resolve();
  });
  expect(
    verdictOf(series, [
      [6, "ProtegoCircuitBroken", true],
      [15, "ProtegoCircuitBroken", true],
      [25, "ProtegoCircuitBroken", false],
      ...[2, 4, 6, 8].map((minute) => [minute, "ProtegoCallsRefused", false] as [number, string, boolean]),
    ]),
  ).toBe("as expected");
});

test("a circuit that somebody holds does not page; forgotten for an hour it makes a ticket", async () => {
  const send = api();
  fails = false;
  const series = await record(5400, (at) => {
    if (at === 60) circuits.get("api")!.open({ forced: true });
    return at < 300 ? send(1) : Promise.resolve();
  });
  expect(
    verdictOf(series, [
      [5, "ProtegoCircuitBroken", false],
      [30, "ProtegoCircuitHeld", false],
      [70, "ProtegoCircuitHeld", true],
    ]),
  ).toBe("as expected");
});

test("rules and board ask for nothing that is not there", () => {
  const check = spawnSync(promtool!, ["check", "rules", `${monitoring}alerts.yml`], { encoding: "utf8" });
  expect(check.stdout).toContain("SUCCESS");
  const names = Object.values(instruments).flatMap((each) => {
    const name = prometheusName(each);
    return each.kind === "histogram" ? [`${name}_bucket`] : [name];
  });
  const labels =
    /^protego_(circuit_name|mode|call_outcome|transition_(from|to|reason)|refusal_reason|substitute_kind)$/;
  for (const file of ["alerts.yml", "grafana.json"]) {
    const asked = readFileSync(monitoring + file, "utf8").match(/\bprotego_[a-z_]+/g)!;
    expect([...new Set(asked)].filter((name) => !names.includes(name) && !labels.test(name))).toEqual([]);
  }
  const board = JSON.parse(readFileSync(`${monitoring}grafana.json`, "utf8")) as { panels: unknown[] };
  expect(board.panels.length).toBeGreaterThan(5);
});
