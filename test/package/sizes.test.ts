import { afterAll, expect, test } from "vitest";
import { bundled } from "./bundled.ts";

const rows: string[] = [];

/** Bytes of a bundle for production, min + gzip. Without a word of where it runs, what serves development is in it, too. */
test.each([
  ['import { createProtectedFetch } from "next-protego"', "createProtectedFetch", "next-protego", [], 11000],
  ["the same in Next", "createProtectedFetch", "next-protego", ["react-server"], 11900],
  ["the same in a Worker", "createProtectedFetch", "next-protego", ["workerd", "worker", "browser"], 11450],
  ['import * as all from "next-protego"', "*", "next-protego", [], 14700],
  ['import * as all from "next-protego/errors"', "*", "next-protego/errors", [], 400],
] as const)("%s ships few bytes", async (line, what, entry, conditions, limit) => {
  const names = what === "*" ? "*" : `{ ${what} }`;
  const source = `export ${names} from ${JSON.stringify(entry)}`;
  const production = await bundled(source, [...conditions], "production");
  const unknown = await bundled(source, [...conditions]);
  const bytes = [production.minifiedBytes, production.gzippedBytes, limit, unknown.gzippedBytes];
  rows.push(`${line.padEnd(54)} ${bytes.map((count) => String(count).padStart(7)).join(" ")}`);
  expect(production.gzippedBytes).toBeLessThanOrEqual(limit);
  expect(unknown.gzippedBytes).toBeLessThanOrEqual(limit + 1000);
});

test("production is shipped nothing that only serves development", async () => {
  const source = 'export { createProtectedFetch } from "next-protego"';
  const isTold = /captureStackTrace|a listener threw|did you mean|a whole number of at least/;
  expect((await bundled(source, [], "development")).code).toMatch(isTold);
  expect((await bundled(source, [], "production")).code).not.toMatch(isTold);
});

afterAll(() => console.log(`${"bytes".padEnd(54)}     min    gzip   limit unknown\n${rows.join("\n")}`));
