import { runInThisContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { bundled } from "./bundled.ts";
import { manifest, root } from "./packed.ts";

const { exports } = await manifest();
const entries = Object.keys(exports as object)
  .filter((entry) => !entry.endsWith(".json"))
  .map((entry) => entry.replace(".", "next-protego"));

/** The part of the language itself, which is there in every runtime and starts nothing. */
const language = new Set(["Error", "Map", "Object", "Set", "Symbol", "WeakMap", "WeakSet"]);

test.each(entries)("importing %s looks at nothing but the language", async (entry) => {
  const { outputFiles } = await build({
    stdin: { contents: `export * from "${entry}"`, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "iife",
    globalName: "imported",
    platform: "neutral",
    tsconfigRaw: "{}",
  });
  const asked = new Set<string>();
  const trap = new Proxy(globalThis, {
    has: (_, name) => name !== "imported",
    get(scope, name) {
      if (typeof name === "string") asked.add(name);
      return scope[name as keyof typeof scope] as unknown;
    },
  });
  // Every name that the module's top level does not declare itself is looked up in the trap.
  const script = `(trap) => { with (trap) { ${outputFiles[0]!.text} return imported; } }`;
  const evaluate = runInThisContext(script) as (trap: object) => object;
  expect(Object.keys(evaluate(trap))).not.toEqual([]);
  expect([...asked].filter((name) => !language.has(name))).toEqual([]);
});

const drawing = /\/(?:dashboard|upstash|redis|store)$/;

test.each([
  ["the wall clock", /\bDate\.now\b|\bnew Date\b(?!\(\w)/],
  ["chance", /\bMath\.random\b|\bcrypto\b/],
  ["a timer that repeats", /\bsetInterval\b/],
  ["Node's globals", /\bBuffer\b|\brequire\b(?!-)|\b__dirname\b|\bprocess\.(?!env\b)/],
  ["code made from strings", /(?<!\.)\beval\b|\bnew Function\b/],
])("nothing in the package uses %s", async (name, forbidden) => {
  // A page's nonce must be beyond guessing; it is made when somebody asks for the page. And isolates must be told
  // apart where all clocks are alike: one draws who it is when it first asks its store.
  const own = name === "chance" ? entries.filter((entry) => !drawing.test(entry)) : entries;
  const { code } = await bundled(own.map((entry, i) => `export * as e${i} from "${entry}";`).join(""));
  expect(forbidden.exec(code)?.[0]).toBeUndefined();
});

test("the package imports nothing but itself, and with React's server condition two modules of Next's", async () => {
  const external = async (conditions: string[]): Promise<string[]> => {
    const { metafile } = await bundled(`export * from "next-protego"`, conditions);
    return Object.values(metafile.outputs).flatMap((output) => output.imports.map((one) => one.path));
  };
  expect(await external([])).toEqual([]);
  expect(await external(["react-server"])).toEqual([
    "next/dist/server/app-render/work-unit-async-storage.external.js",
    "next/dist/server/after/after.js",
  ]);
});

test("a bundler drops all of it where nothing is used", async () => {
  const { code } = await bundled(entries.map((entry) => `import "${entry}";`).join(""));
  expect(code).toBe("");
});
