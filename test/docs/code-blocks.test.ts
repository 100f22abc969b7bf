import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../package/packed.ts";
import { codeBlocks, documents } from "./code-blocks.ts";

const folder = join(root, "test/.work/docs");

/** What the snippets take for granted. */
const prelude = `
declare function chargeCard(cents: number): Promise<string>;
declare class CardDeclined extends Error { private code: string }
`;

test("every code block of the README and the docs compiles, imports and all", async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const document of documents) {
    for (const { path, code } of codeBlocks(document)) {
      const file = join(folder, document.replace(/\W/g, "-"), path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${code}\nexport {};\n`);
    }
  }
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
  const failure = await promisify(execFile)(tsc, ["-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  expect(failure).toBe("");
});

test.each(documents)("%s has code to compile, or none to show", (document) => {
  for (const { code } of codeBlocks(document)) expect(code.trim()).not.toBe("");
});

test("the documents have many code blocks", () => {
  expect(documents.flatMap(codeBlocks).length).toBeGreaterThan(30);
});
