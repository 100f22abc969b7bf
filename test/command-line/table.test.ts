import { expect, test } from "vitest";
import { cut, width } from "../../src/command-line/table.ts";
import { plain, printable } from "../../src/operations/steering-characters.ts";

test.each([
  ["payments", 8],
  ["日本語", 6],
  ["e\u0301 accent", 8],
  ["🚀 rocket", 9],
  ["👨‍👩‍👧‍👦", 2],
  ["🇩🇪", 2],
  ["© 2026 ™", 8],
  ["☂️", 2],
  ["العربية", 7],
  ["zero\u200bwidth", 9],
  ["", 0],
])("%j takes the columns that a terminal gives it", (text, columns) => {
  expect(width(text)).toBe(columns);
});

test("what is too long is cut by its columns, and between what people see as letters", () => {
  expect(cut("payments", 8)).toBe("payments");
  expect(cut("payments of all", 8)).toBe("payment…");
  expect(cut("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 5)).toBe("👨‍👩‍👧‍👦👨‍👩‍👧‍👦…");
  expect(cut("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  expect(width(cut("日本語の長い名前", 7))).toBeLessThanOrEqual(7);
});

test("JSON is the same value, and moves no cursor", () => {
  const value = { name: "a\u009b31m\u202eb\u2028\u200f\u007f", more: "日本 🚀 \n" };
  const text = printable(JSON.stringify(value));
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain("日本 🚀");
  expect(plain(text)).toBe(text);
});
