import { afterAll, expect, test } from "vitest";
import { bundled } from "./bundled.ts";

const rows: string[] = [];

/** Bytes of a bundle for production, min + gzip. Without a word of where it runs, what serves development is in it, too. */
test.each([
  ['import { createProtectedFetch } from "next-protego"', "createProtectedFetch", "next-protego", [], 11210],
  ["the same in Next", "createProtectedFetch", "next-protego", ["react-server"], 12580],
  ["the same in a Worker", "createProtectedFetch", "next-protego", ["workerd", "worker", "browser"], 11640],
  ['import * as all from "next-protego"', "*", "next-protego", [], 15920],
  ['import * as all from "next-protego/errors"', "*", "next-protego/errors", [], 400],
] as const)("%s ships few bytes", async (line, what, entry, conditions, limit) => {
  const names = what === "*" ? "*" : `{ ${what} }`;
  const source = `export ${names} from ${JSON.stringify(entry)}`;
  const production = await bundled(source, [...conditions], "production");
  const unknown = await bundled(source, [...conditions]);
  const bytes = [production.minifiedBytes, production.gzippedBytes, limit, unknown.gzippedBytes];
  rows.push(`${line.padEnd(54)} ${bytes.map((count) => String(count).padStart(7)).join(" ")}`);
  expect(production.gzippedBytes).toBeLessThanOrEqual(limit);
  expect(unknown.gzippedBytes).toBeLessThanOrEqual(limit + 1300);
});

test("production is shipped nothing that only serves development", async () => {
  const source = 'export { createProtectedFetch } from "next-protego"';
  const isTold = /captureStackTrace|a listener threw|did you mean|a whole number of at least/;
  expect((await bundled(source, [], "development")).code).toMatch(isTold);
  expect((await bundled(source, [], "production")).code).not.toMatch(isTold);
});

/** What the bytes of `createProtectedFetch` are for, by file: the table of docs/speed.md. */
const purposes: ReadonlyArray<readonly [string, RegExp]> = [
  [
    "Next's fetch and renders",
    /next-fetch|data-cache|deduplication|sandboxed-hit|render-scope|control-flow|next-modules/,
  ],
  ["calls that outlive their request", /request-end|background|wait-until|after\.|hooked-fetch/],
  ["what fetch means to a breaker", /^http\/|link-signals|callers-abort/],
  ["options", /option|policy|duration|circuit-name|adopt|checked-rule/],
  [
    "the state machine and its rules",
    /^core\/(?:machine|lease|refusal|error-matcher|opening-rule|total-rule|with-default|figures-of)/,
  ],
  [
    "circuits: records, bound, listeners, console",
    /breaker\/(?:breaker|phase-change|registry|eviction|bounded-name|obtain-breaker|dispatch|watchers|short-hash)|environment|in-words|failure-gist/,
  ],
  ["timeouts", /deadline|core\/line/],
  ["the life of a call", /^breaker\/|call-site|clock|random|note-refusal|circuit-open-error/],
];

test.each([[[]], [["react-server"]]])(
  "it is known what every byte is for, with the conditions %j",
  async (conditions) => {
    const source = 'export { createProtectedFetch } from "next-protego"';
    const { metafile, minifiedBytes, gzippedBytes } = await bundled(source, conditions, "production");
    const bytes = new Map<string, number>();
    for (const [file, { bytesInOutput }] of Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs),
    )) {
      if (bytesInOutput === 0) continue;
      const purpose = purposes.find(([, files]) => files.test(file.replace("dist/", "")))?.[0];
      expect({ file, purpose }).toEqual({ file, purpose: expect.any(String) });
      bytes.set(purpose!, (bytes.get(purpose!) ?? 0) + bytesInOutput);
    }
    // Zipped together they cannot be told apart: each has its share.
    rows.push("", `what they are for${conditions.length > 0 ? ", in Next" : ""}`);
    for (const [purpose, count] of [...bytes].toSorted(([, one], [, other]) => other - one)) {
      const share = Math.round((count / minifiedBytes) * gzippedBytes);
      rows.push(`${purpose.padEnd(54)} ${String(count).padStart(7)} ${String(share).padStart(7)}`);
    }
  },
);

afterAll(() => console.log(`${"bytes".padEnd(54)}     min    gzip   limit unknown\n${rows.join("\n")}`));
