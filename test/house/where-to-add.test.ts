import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Meter as ApiMeter, metrics } from "@opentelemetry/api";
import { afterEach, describe, expect, test } from "vitest";
import { optionNames } from "../../src/breaker/option-owners.ts";
import { createDashboard, remember } from "../../src/dashboard.ts";
import { circuitReports } from "../../src/dashboard/circuit-report.ts";
import { memory } from "../../src/dashboard/remember.ts";
import { createProtectedFetch, circuits } from "../../src/index.ts";
import * as options from "../../src/options.ts";
import { instrumentCircuits } from "../../src/otel.ts";
import { epochMs, monotonicClock } from "../../src/runtime/clock.ts";
import { instruments, prometheusName } from "../../src/telemetry/instruments.ts";
import { resetCircuits } from "../../src/testing.ts";
import { codeBlocks } from "../docs/code-blocks.ts";
import { manifest, root } from "../package/packed.ts";

// What is added in one place and left out in another fails here: see "Where to add" in ARCHITECTURE.md.

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const named = (pattern: string): string[] => globSync(pattern, { cwd: root });

afterEach(resetCircuits);

describe("a rule, or another imported value", () => {
  const page = read("docs/rules.md").split("## All imported values")[1]!.split("\n## ")[0]!;
  const rows = [...page.matchAll(/^\| `(\w+)(?:\(.*?\))?` \| `([\w.]+)` \|/gm)].map(([, name, option]) => ({
    name: name!,
    option,
  }));

  test("has a line in docs/rules.md, and each line is of one", () => {
    expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(options).toSorted());
  });

  test.each(rows.filter(({ option }) => option === "opensOn").map(({ name }) => name))(
    "an opening rule is among those that are all tried: %s",
    (name) => {
      expect(read("test/core/every-opening-rule.test.ts")).toContain(`${name}(`);
    },
  );
});

describe("a store", () => {
  test.each(named("src/stores/*-store.ts").map((file) => basename(file)))(
    "keeps the contract: %s",
    (file) => {
      expect(read("test/stores/contract.dist.test.ts")).toContain(`src/stores/${file}"`);
    },
  );

  const made = named("src/*.ts").flatMap((entry) => [...read(entry).matchAll(/\b(\w+Store)\b(?= \}|,| )/g)]);
  const factories = new Set(made.map(([, name]) => name!).filter((name) => /^[a-z]/.test(name)));
  test.each([...factories])("is chosen by docs/stores.md: %s", (name) => {
    expect(read("docs/stores.md")).toContain(`${name}(`);
  });
});

test.each(named("src/*.ts").map((file) => basename(file, ".ts")))(
  "the entry %s has the lines of any other in package.json",
  async (entry) => {
    const { exports, typesVersions } = (await manifest()) as {
      exports: Record<string, unknown>;
      typesVersions: { "*": Record<string, unknown> };
    };
    const asAnyOther = JSON.stringify(exports["./errors"]).replaceAll("/errors.", `/${entry}.`);
    expect(JSON.stringify(exports[entry === "index" ? "." : `./${entry}`])).toBe(asAnyOther);
    const types = typesVersions["*"][entry];
    expect(types).toEqual(entry === "index" ? undefined : [`./dist/commonjs/${entry}.d.cts`]);
  },
);

describe("a middleware that a page shows", () => {
  const shown = codeBlocks("docs/recipes.md").filter(({ path }) => path.startsWith("middleware/"));
  test.each(shown)("answers real requests in a test: $path", ({ path }) => {
    expect(read("test/ecosystem/middleware.test.ts")).toContain(`("${path}")`);
  });
});

const tests = named("test/**/*.ts")
  .filter((file) => !/\/(?:\.work|docs|fixtures|house)\//.test(file))
  .map(read);

test.each(optionNames)("an option is given in some test: %s", (option) => {
  const given = new RegExp(`\\b${option}(?::|,| \\})`);
  expect(tests.some((text) => given.test(text))).toBe(true);
});

describe("a metric", () => {
  const all = Object.values(instruments);

  test.each(all.map(prometheusName))("has a line in docs/dashboard.md: %s", (name) => {
    expect(read("docs/dashboard.md")).toContain(`\`${name}\``);
  });

  test("leaves by Prometheus' scrape", async () => {
    const forget = remember({ everyCall: true });
    await createProtectedFetch({ fetch: () => Promise.resolve(new Response()) })("https://a.test/");
    const { fetch } = createDashboard({ authorize: () => true, basePath: "/protego" });
    const text = await (await fetch(new Request("https://a.test/protego/metrics"))).text();
    forget();
    const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => ({ name, kind }));
    const wanted = all.map((each) => ({ name: prometheusName(each), kind: each.kind }));
    expect(told).toEqual(expect.arrayContaining(wanted));
    expect(told).toHaveLength(wanted.length);
  });

  test("leaves by OpenTelemetry", async () => {
    const made: string[] = [];
    const makes = (name: string) => {
      made.push(name);
      return { add() {}, record() {}, addCallback() {} };
    };
    const meter = {
      createCounter: makes,
      createHistogram: makes,
      createObservableCounter: makes,
      createObservableGauge: makes,
    };
    metrics.setGlobalMeterProvider({ getMeter: () => meter as unknown as ApiMeter });
    const end = instrumentCircuits();
    await createProtectedFetch({ fetch: () => Promise.resolve(new Response()) })("https://a.test/");
    await expect.poll(() => made.toSorted()).toEqual(all.map(({ name }) => name).toSorted());
    end();
    metrics.disable();
  });
});

test("what is known of a circuit is shown on the page or told as a metric", () => {
  circuits.register("a");
  const [report] = circuitReports(memory().look(), { now: monotonicClock.now(), epoch: epochMs() });
  const readers = named("src/dashboard/*.ts").filter((file) => !file.endsWith("/circuit-report.ts"));
  const text = readers.map(read).join("\n");
  const unread = Object.keys(report!).filter((field) => !new RegExp(`[.{,] ?${field}\\b`).test(text));
  expect(unread).toEqual([]);
});
