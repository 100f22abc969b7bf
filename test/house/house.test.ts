import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root, run } from "../package/packed.ts";
import { forbiddenToThePure, rooms, tableOfRooms } from "./rooms.ts";

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

const names = Object.keys(rooms);
const directions = names.flatMap((from) =>
  names.filter((to) => to !== from).map((to) => ({ from, to, allowed: rooms[from]!.imports.includes(to) })),
);

test("every folder of src is a room of the table", async () => {
  const folders = await readdir(join(root, "src"), { withFileTypes: true });
  const found = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(found.toSorted()).toEqual(names.toSorted());
});

test("ARCHITECTURE.md shows the table", async () => {
  expect(await readFile(join(root, "ARCHITECTURE.md"), "utf8")).toContain(tableOfRooms());
});

const edgeRooms = names.filter((room) => rooms[room]!.mayUse !== "Node's built-ins");

const trespasses: Array<{ what: string; file: string; line: string }> = [
  ...names.map((room) => ({
    what: `src/${room} importing an entry`,
    file: `src/${room}/takes-entry.ts`,
    line: `export { one } from "../errors.ts";`,
  })),
  ...["src/index.ts", ...edgeRooms.map((room) => `src/${room}/built-in.ts`)].map((file) => ({
    what: `${file} importing a Node built-in`,
    file,
    line: `export { join } from "node:path";`,
  })),
  ...names
    .filter((room) => rooms[room]!.mayUse !== "Next's code")
    .map((room) => ({
      what: `src/${room} importing Next's code`,
      file: `src/${room}/takes-nexts-code.ts`,
      line: `export { NextResponse } from "next/server.js";`,
    })),
  ...forbiddenToThePure.map((name) => ({
    what: `src/core using ${name}`,
    file: `src/core/uses-${name.toLowerCase()}.ts`,
    line: `export const used: unknown = ${name};`,
  })),
  {
    what: "src/http asking the wall clock",
    file: "src/http/wall-clock.ts",
    line: "export const now: number = Date.now();",
  },
  {
    what: "src/breaker throwing dice",
    file: "src/breaker/random.ts",
    line: "export const dice: number = Math.random();",
  },
];

test("ARCHITECTURE.md says of every folder of the tests what is tested there", async () => {
  const house = await readFile(join(root, "ARCHITECTURE.md"), "utf8");
  const map = house.slice(house.indexOf("## What is tested where"), house.indexOf("## Where to add"));
  const entries = await readdir(join(root, "test"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  expect(folders.filter(({ name }) => !map.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([]);
});

describe("a violation of the house's rules is caught:", () => {
  let folder: string;
  const caught = new Set<string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "next-protego-house-"));
    const write = async (file: string, line: string): Promise<void> => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${line}\n`);
    };
    const config = pathToFileURL(join(root, "oxlint.config.ts"));
    await writeFile(
      join(folder, "oxlint.config.ts"),
      `export { default } from ${JSON.stringify(config.href)};\n`,
    );
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
