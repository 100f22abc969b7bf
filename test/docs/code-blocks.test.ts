import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { root } from "../package/packed.ts";
import { type CodeBlock, codeBlocks, documents } from "./code-blocks.ts";
import type { Ran } from "./run-blocks.ts";

const run = promisify(execFile);
const folder = join(root, "test/.work/docs");

/** What the snippets take for granted. */
const prelude = `
declare function chargeCard(cents: number): Promise<string>;
declare class CardDeclined extends Error { private code: string }
declare module "cloudflare:workers" {
  interface Storage {
    get<Kept>(key: string): Promise<Kept | undefined>;
    put(key: string, value: unknown): Promise<void>;
  }
  class DurableObject { protected ctx: { storage: Storage } }
  function waitUntil(promise: Promise<unknown>): void;
}
`;

function fileOf({ document, path }: CodeBlock): string {
  return join(folder, document.replace(/\W/g, "-"), path);
}

const blocks = documents.flatMap(codeBlocks);
const tests = blocks.filter(({ code }) => code.includes('from "vitest"'));

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const block of blocks) {
    mkdirSync(dirname(fileOf(block)), { recursive: true });
    writeFileSync(fileOf(block), `${block.code}\nexport {};\n`);
  }
});

test("every code block of the README and the docs compiles, imports and all", async () => {
  writeFileSync(join(folder, "prelude.d.ts"), prelude);
  const compilerOptions = {
    target: "es2022",
    lib: ["es2023", "dom", "dom.iterable"],
    module: "esnext",
    moduleResolution: "bundler",
    jsx: "react-jsx",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*"] }));
  const tsc = join(root, "node_modules/.bin/tsc");
  const failure = await run(tsc, ["-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  expect(failure).toBe("");
});

test.each(documents.filter((document) => blocks.some((block) => block.document === document)))(
  "what %s shows runs, and does what it says",
  async (document) => {
    const shown = blocks.filter((block) => block.document === document && !tests.includes(block));
    const outdir = join(folder, "built", document.replace(/\W/g, "-"));
    const { outputFiles } = await build({
      entryPoints: shown.map(fileOf),
      bundle: true,
      splitting: true,
      outdir,
      outExtension: { ".js": ".mjs" },
      format: "esm",
      platform: "node",
      jsx: "automatic",
      packages: "external",
      // Next has no exports: Node wants the file's whole name.
      plugins: [
        {
          name: "next",
          setup: (esbuild) =>
            esbuild.onResolve({ filter: /^next\/\w+$/ }, ({ path }) => ({
              path: `${path}.js`,
              external: true,
            })),
        },
        // What it does is tested in workerd; here it is imported.
        {
          name: "workers",
          setup(esbuild) {
            esbuild.onResolve({ filter: /^cloudflare:/ }, ({ path }) => ({ path, namespace: "workers" }));
            esbuild.onLoad({ filter: /.*/, namespace: "workers" }, () => ({
              contents: "export class DurableObject {}; export const waitUntil = () => {};",
            }));
          },
        },
      ],
      write: false,
    });
    for (const { path, text } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const entries = outputFiles.map(({ path }) => path).filter((path) => !/chunk-\w+\.mjs$/.test(path));
    const runner = fileURLToPath(new URL("run-blocks.ts", import.meta.url));
    const { stdout } = await run(process.execPath, [runner, ...entries], {
      env: { ...process.env, NODE_ENV: "production" },
    });
    const ran = JSON.parse(stdout.split("\n").at(-1)!) as Ran[];
    expect(ran.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(ran).toHaveLength(shown.length);
    used.push(...ran.flatMap((each) => each.used));
  },
);
const used: string[] = [];

test("pages, routes, proxies, actions and fetches of the documents were used", () => {
  const kinds = ["GET", "POST", "apiFetch", "charge", "default", "fetch", "order", "proxy", "register"];
  expect(used).toEqual(expect.arrayContaining(kinds));
});

test("the tests that the documents show pass", async () => {
  const config = fileURLToPath(new URL("shown-tests.config.ts", import.meta.url));
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const files = tests.map(fileOf);
  const { stdout } = await run(process.execPath, [vitest, "run", "--config", config], {
    env: { ...process.env, NODE_ENV: "test", NO_COLOR: "1", SHOWN_TESTS: JSON.stringify(files) },
  });
  expect(stdout).toMatch(new RegExp(`Test Files +${files.length} passed \\(${files.length}\\)`));
});

test("the documents have many code blocks, none of them empty", () => {
  expect(blocks.length).toBeGreaterThan(30);
  for (const { code } of blocks) expect(code.trim()).not.toBe("");
});
