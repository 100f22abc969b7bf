import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root, run } from "./packed.ts";

const bin = (name: string): string => join(root, "node_modules/.bin", name);

/** The output of a tool that found something, or nothing. */
async function findings(tool: string, args: string[], cwd = root): Promise<string> {
  return run(bin(tool), args, { cwd, maxBuffer: 1 << 24 }).then(
    () => "",
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}

test("the linter is content", async () => {
  expect(await findings("oxlint", ["--type-aware", "src", "test"])).toBe("");
}, 60_000);

test("the formatter would change nothing", async () => {
  expect(await findings("oxfmt", ["--check", "src", "test"])).toBe("");
}, 60_000);

/** Who may import whom, as ARCHITECTURE.md has it. */
const rooms = {
  core: [],
  runtime: [],
  breaker: ["core", "runtime"],
  http: ["breaker", "core", "runtime"],
  next: ["http", "breaker", "core", "runtime"],
  operations: ["breaker", "core", "runtime"],
  "command-line": ["operations", "breaker", "core", "runtime"],
} satisfies Record<string, string[]>;

const names = Object.keys(rooms) as Array<keyof typeof rooms>;
const directions = names.flatMap((from) =>
  names
    .filter((to) => to !== from)
    .map((to) => ({ from, to, allowed: (rooms[from] as string[]).includes(to) })),
);

const trespasses: Array<{ what: string; file: string; line: string }> = [
  ...names.map((room) => ({
    what: `src/${room} importing an entry`,
    file: `src/${room}/takes-entry.ts`,
    line: `export { one } from "../errors.ts";`,
  })),
  ...["src/index.ts", "src/core/built-in.ts", "src/http/built-in.ts", "src/runtime/built-in.ts"].map(
    (file) => ({
      what: `${file} importing a Node built-in`,
      file,
      line: `export { join } from "node:path";`,
    }),
  ),
  ...names
    .filter((room) => room !== "runtime")
    .map((room) => ({
      what: `src/${room} importing Next's code`,
      file: `src/${room}/takes-next.ts`,
      line: `export { NextResponse } from "next/server.js";`,
    })),
  ...["Date", "performance", "fetch", "setTimeout", "globalThis", "process", "crypto", "console"].map(
    (name) => ({
      what: `src/core using ${name}`,
      file: `src/core/uses-${name.toLowerCase()}.ts`,
      line: `export const used: unknown = ${name};`,
    }),
  ),
  {
    what: "src/http asking the wall clock",
    file: "src/http/wall-clock.ts",
    line: "export const now: number = Date.now();",
  },
  {
    what: "src/breaker throwing dice",
    file: "src/breaker/dice.ts",
    line: "export const dice: number = Math.random();",
  },
];

describe("a violation of the house's rules is caught:", () => {
  let folder: string;
  const caught = new Set<string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "next-protego-house-"));
    const write = async (file: string, line: string): Promise<void> => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${line}\n`);
    };
    await copyFile(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    await write("src/errors.ts", "export const one = 1;");
    for (const room of names) await write(`src/${room}/thing.ts`, "export const thing = 1;");
    for (const { from, to } of directions) {
      await write(`src/${from}/takes-${to}.ts`, `export { thing } from "../${to}/thing.ts";`);
    }
    for (const { file, line } of trespasses) await write(file, line);
    const output = await findings("oxlint", ["--format", "json", "src"], folder);
    const { diagnostics } = JSON.parse(output) as { diagnostics: Array<{ filename: string }> };
    for (const { filename } of diagnostics) caught.add(filename);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  test.each(directions.filter(({ allowed }) => !allowed))("$from importing $to", ({ from, to }) => {
    expect([...caught]).toContain(`src/${from}/takes-${to}.ts`);
  });
  test.each(directions.filter(({ allowed }) => allowed))("but not $from importing $to", ({ from, to }) => {
    expect([...caught]).not.toContain(`src/${from}/takes-${to}.ts`);
  });
  test.each(trespasses)("$what", ({ file }) => {
    expect([...caught]).toContain(file);
  });
});
