import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../package/packed.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");

const pages = new Map(
  globSync("docs/errors/*.md", { cwd: root }).map((file) => [basename(file, ".md"), read(file)]),
);
const index = read("docs/troubleshooting.md");
const everywhere = [index, ...pages.values()].join("\n");

/** What is told or thrown: a string right inside one of these. */
const telling =
  /(?:tellOnce|tellOperator|tell|told|failure|deadline|storeError|new (?:Type|Range)?Error|new DOMException|super)\(\s*(?:\(\) =>\s*)?(?:[^`"();{]*?)(["`])((?:(?!\1)[^\\])*)\1/g;

/** The same where it is found out first whether there is anything to tell. */
const tellingPerhaps = /tellOnce\(\(\) => \{[\s\S]*?return (?:\w+ && )?(["`])((?:(?!\1)[^\\])*)\1/g;

/** Rejections that are caught where they are made. */
const heardByNobody = ["no answer in time", "waiting for a reader"];

const told = globSync("src/**/*.ts", { cwd: root })
  .filter((file) => !/page-script|src\/testing/.test(file))
  .flatMap((file) =>
    [telling, tellingPerhaps]
      .flatMap((pattern) => [...read(file).matchAll(pattern)])
      .map(([, , text]) => ({ file, text: text! })),
  );

/** The words of a message that are always the same, by the file that says it, and the code that it has. */
const messages = told.flatMap(({ file, text }) => {
  const code = /^(?:next-protego )?\[([a-z-]+)\] /.exec(text)?.[1];
  return text
    .replace(/^(?:next-protego )?\[[a-z-]+\] /, "")
    .replace(/^next-protego: /, "")
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replace(/^[\s"().:;]+|[\s"().:;,]+$/g, ""))
    .filter((part) => /[a-z]{3}/i.test(part) && !heardByNobody.includes(part))
    .map((part) => ({ file, code, words: part }));
});

const codesInCode = globSync("src/**/*.ts", { cwd: root }).flatMap((file) =>
  [...read(file).matchAll(/(?:["`']|next-protego )\[([a-z]+(?:-[a-z]+)+|timeout)\] /g)].map(
    ([, code]) => code!,
  ),
);

test("there are messages to look for", () => {
  expect(messages.length).toBeGreaterThan(15);
  expect(messages.filter(({ code }) => code).length).toBeGreaterThan(15);
});

describe("what is told or thrown is explained", () => {
  test.each(messages)("$file: $words", ({ code, words }) => {
    expect(code === undefined ? everywhere : pages.get(code)).toContain(words);
  });
});

test("each code has a page, and each page a code", () => {
  expect([...pages.keys()].toSorted()).toEqual([...new Set(codesInCode)].toSorted());
});

describe.each([...pages])("the page of %s", (code, page) => {
  test("has the code for its title, shows the message, its cause, and what to do", () => {
    expect(page.startsWith(`# ${code}\n\n\`\`\`\n`)).toBe(true);
    const shown = page.split("```")[1]!.trim().split("\n");
    for (const line of shown) expect(line).toMatch(new RegExp(`(?:^next-protego |Error: .*)\\[${code}\\] `));
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title).slice(0, 2)).toEqual([
      "Cause",
      "What to do",
    ]);
  });

  test("is found in the index", () => {
    expect(index).toContain(`| [\`${code}\`](errors/${code}.md) |`);
  });
});

const words = read("src/core/option-words.ts");
const short = [...words.matchAll(/^  (?:"([^"]+)"|(\w+)): /gm)].map(([, quoted, bare]) => quoted ?? bare!);

test("what production says of a bad option in few words is said there at length", () => {
  expect(short.length).toBeGreaterThan(10);
  for (const expected of short) expect(pages.get("bad-option")).toContain(`| \`${expected}\` |`);
});
