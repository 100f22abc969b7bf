import { afterAll, expect, test } from "vitest";
import { bundled } from "./bundled.ts";

const rows: string[] = [];

test.each([
  ['import { createProtectedFetch } from "next-protego"', "createProtectedFetch", "next-protego", 12230],
  ['import * as all from "next-protego"', "*", "next-protego", 16060],
  ['import * as all from "next-protego/errors"', "*", "next-protego/errors", 400],
] as const)("%s ships few bytes", async (line, what, entry, limit) => {
  const names = what === "*" ? "*" : `{ ${what} }`;
  const { minifiedBytes, gzippedBytes } = await bundled(`export ${names} from ${JSON.stringify(entry)}`);
  const numbers = [minifiedBytes, gzippedBytes, limit].map((bytes) => String(bytes).padStart(6));
  rows.push(`${line.padEnd(54)} ${numbers.join(" ")}`);
  expect(gzippedBytes).toBeLessThanOrEqual(limit);
});

afterAll(() => console.log(`${"bytes".padEnd(54)}    min   gzip  limit\n${rows.join("\n")}`));
