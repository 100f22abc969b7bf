import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../package/packed.ts";

const page = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");

/** What is told or thrown: a string right inside one of these. */
const telling =
  /(?:tellOnce|tellOperator|tell|told|failure|deadline|new (?:Type|Range)?Error|new DOMException|super)\(\s*(?:\(\) =>\s*)?(?:[^`"();{]*?)(["`])((?:(?!\1)[^\\])*)\1/g;

/** The same where it is found out first whether there is anything to tell. */
const tellingPerhaps = /tellOnce\(\(\) => \{[\s\S]*?return (?:\w+ && )?(["`])((?:(?!\1)[^\\])*)\1/g;

/** Rejections that are caught where they are made. */
const heardByNobody = ["no answer in time", "waiting for a reader"];

/** The words of a message that are always the same, by the file that says it. */
const messages = globSync("src/**/*.ts", { cwd: root })
  .filter((file) => !/page-script|src\/testing/.test(file))
  .flatMap((file) =>
    [telling, tellingPerhaps]
      .flatMap((pattern) => [...readFileSync(join(root, file), "utf8").matchAll(pattern)])
      .map(([, , text]) => ({ file, text: text! })),
  )
  .flatMap(({ file, text }) =>
    text
      .replace(/^next-protego: /, "")
      .split(/\$\{[^}]*\}/)
      .map((part) => part.replace(/^[\s"().:;]+|[\s"().:;,]+$/g, ""))
      .filter((part) => /[a-z]{3}/i.test(part) && !heardByNobody.includes(part))
      .map((part) => ({ file, words: part })),
  );

test("there are messages to look for", () => {
  expect(messages.length).toBeGreaterThan(15);
});

describe("the page for an outage names what is told or thrown", () => {
  test.each(messages)("$file: $words", ({ words }) => {
    expect(page).toContain(words);
  });
});

const words = readFileSync(join(root, "src/core/option-words.ts"), "utf8");
const short = [...words.matchAll(/^  (?:"([^"]+)"|(\w+)): /gm)].map(([, quoted, bare]) => quoted ?? bare!);

test("what production says of a bad option in few words is said there at length", () => {
  expect(short.length).toBeGreaterThan(10);
  for (const expected of short) expect(page).toContain(`| \`${expected}\` |`);
});
