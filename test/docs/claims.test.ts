import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { optionsOf } from "../../src/breaker/option-owners.ts";
import { durationMs } from "../../src/core/duration.ts";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";
import { manifest, root } from "../package/packed.ts";
import { heldClaims } from "./held-claims.ts";
import { documents } from "./code-blocks.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");
/** In one line, as lines are broken anywhere. */
const text = (file: string): string => read(file).replace(/\s+/g, " ");

beforeEach(resetCircuits);

describe.each(Object.entries(heldClaims))("what %s says is held by a test", (document, claims) => {
  test.each(claims)("%s", (sentence, file, title) => {
    expect(text(document)).toContain(sentence);
    expect(text(file)).toContain(title);
  });
});

test("the pages that list the statuses that fail by default list those that do", async () => {
  const statuses = Array.from({ length: 400 }, (_, n) => 200 + n);
  const failing: number[] = [];
  for (const status of statuses) {
    const name = `status ${status}`;
    const bodiless = new Response(null, { status });
    // oxlint-disable-next-line no-await-in-loop
    await createProtectedFetch({ name, failureThreshold: 1, fetch: () => Promise.resolve(bodiless) })(
      "https://a.test/",
    );
    if (circuits.get(name)!.state === "open") failing.push(status);
  }
  const single = failing.filter((status) => status < 500);
  expect(failing).toEqual([...single, ...statuses.filter((status) => status >= 500)]);
  const words = `${single.join(", ")} and 5xx`;
  const listed = documents.map(
    (document) => [document, text(document).match(/(?:\b4\d\d,? (?:and )?)+5xx/g)] as const,
  );
  const lists = listed.flatMap(([document, found]) => found?.map((list) => `${document}: ${list}`) ?? []);
  expect(lists.length).toBeGreaterThan(2);
  expect(lists.filter((list) => !list.endsWith(words))).toEqual([]);
});

/** Rows of tables by the option they are about: what docs/options.md says, which is made from the declarations. */
const declared = [
  ...read("docs/options.md").matchAll(/^\| `(\w+)`(?: of (\w+))? \| .*? \| ([^|]*?) \| [^|]*\|$/gm),
].map(([, option, of, byDefault]) => ({ option: option!, of, byDefault: byDefault!.replaceAll("`", "") }));

/** Tables of options elsewhere, and of what they are options where that is not plain. */
const tables: ReadonlyArray<readonly [document: string, heading: string, of?: string]> = [
  ["README.md", "| option | default | |"],
  ["docs/sharing.md", "| option | default | |"],
  ["docs/rules.md", "## A share of failures", "failureRate"],
  ["docs/rules.md", "## How it recovers", "trials"],
];

describe("a default that a page states is the declared one", () => {
  const stated = tables.flatMap(([document, heading, of]) => {
    const rows = read(document)
      .split(heading)[1]!
      .split(/\n\n(?!.*\n?```|\|)/)[0]!;
    const section = heading.startsWith("#") ? read(document).split(heading)[1]!.split("\n## ")[0]! : rows;
    return [...section.matchAll(/^\| `(\w+)` \| ([^|]*?) \| [^|]*\|$/gm)].map(([, option, byDefault]) => ({
      document,
      option: option!,
      of,
      byDefault: byDefault!.replaceAll("`", ""),
    }));
  });

  test("there are some", () => {
    expect(stated.length).toBeGreaterThan(15);
  });

  test.each(stated)("$document: $option, $byDefault", ({ option, of, byDefault }) => {
    const known = declared.filter(
      (each) => each.option === option && (!of || !each.of || [of, "all"].includes(each.of)),
    );
    const first = /^("[^"]*"|[\d.]+|\S+)/.exec(byDefault)![0];
    const isWords = !/^["\d]/.test(byDefault);
    expect(known.some((each) => isWords || each.byDefault.startsWith(first))).toBe(true);
  });
});

test("the declared defaults are those that a circuit has", () => {
  circuits.register("fresh");
  const inForce = circuits.get("fresh")!.snapshot().options as Record<string, unknown>;
  const numbers = declared.filter(
    ({ option, of, byDefault }) => option in optionsOf.policy && !of && /\d/.test(byDefault),
  );
  const wanted = numbers.map(({ option, byDefault }) => [
    option,
    Number(byDefault) || durationMs(JSON.parse(byDefault)),
  ]);
  expect(wanted.length).toBeGreaterThan(3);
  expect(wanted).toEqual(numbers.map(({ option }) => [option, inForce[option]]));
});

test("docs/rules.md says of every option whose it is", () => {
  const rules = read("docs/rules.md");
  const row = (whose: string): string[] =>
    [...rules.match(new RegExp(`^\\| ${whose} \\|([^|]*)\\|`, "m"))![1]!.matchAll(/`(\w+)`/g)].map(
      ([, name]) => name!,
    );
  const ofCircuit = [...Object.keys(optionsOf.policy), ...Object.keys(optionsOf.circuit)];
  expect(row("the circuit").toSorted()).toEqual(ofCircuit.toSorted());
  expect(row("the wrapper").toSorted()).toEqual(Object.keys(optionsOf.wrapper).toSorted());
});

describe("versions that pages name are those that the tests run", () => {
  test.each([
    ["docs/protect-fetch.md", "openai", /\| openai (\d+\.\d+) \|/],
    ["docs/protect-fetch.md", "stripe", /\| stripe (\d+\.\d+) \|/],
    ["docs/runtimes.md", "@edge-runtime/vm", /`@edge-runtime\/vm` ([\d.]+)/],
    ["docs/runtimes.md", "miniflare", /as miniflare ([\d.]+) has it/],
    ["docs/runtimes.md", "node", / (24\.\d+\.\d+),/],
    ["docs/speed.md", "opossum", /opossum (\d+),/],
    ["docs/speed.md", "cockatiel", /cockatiel (\d+),/],
  ] as const)("%s: %s", async (document, dependency, pattern) => {
    const { devDependencies } = (await manifest()) as { devDependencies: Record<string, string> };
    const named = pattern.exec(read(document))![1]!;
    expect(devDependencies[dependency]!.startsWith(named)).toBe(true);
  });

  test.each(["docs/next.md", "docs/versions.md"])("%s: the older versions of Next", (document) => {
    const built = [...read("test/next-matrix/matrix.test.ts").matchAll(/next: "([\d.]+)"/g)].map(
      ([, version]) => version!,
    );
    expect(built).toHaveLength(3);
    for (const version of built) expect(read(document)).toContain(version);
  });
});

describe("a page leads somewhere:", () => {
  const pages = [...documents, "ARCHITECTURE.md", "CONTRIBUTING.md"];
  /** As GitHub makes anchors of headings. */
  const anchors = (file: string): string[] =>
    [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    );

  test.each(pages)("the links of %s", (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, path, anchor]) => {
      const file = path ? join(dirname(page), path) : page;
      return !existsSync(join(root, file)) || (anchor !== undefined && !anchors(file).includes(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  const rooms = readdirSync(join(root, "src"));
  test.each(pages)("the files that %s names", (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|[\w-]+)\/[\w./-]+\.(?:ts|cts|md|yml|json))`/g)].map(
      ([, path]) => path!,
    );
    const ours = named.filter((path) => ["src", "test", "docs", ...rooms].includes(path.split("/")[0]!));
    expect(
      ours.filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, "src", path))),
    ).toEqual([]);
  });

  test.each(pages)("the commands of %s", async (page) => {
    const { scripts } = (await manifest()) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
    const files = [...read(page).matchAll(/\b(?:vitest run|node(?: --[\w-]+)*) (test\/[\w./-]+)/g)].map(
      ([, path]) => path!,
    );
    expect(files.filter((path) => !existsSync(join(root, path.replace(/\.$/, ""))))).toEqual([]);
  });
});
