import { expect, test } from "vitest";
import { durationInWords } from "../../src/operations/in-figures.ts";

const [second, minute, hour] = [1000, 60_000, 3_600_000];

test.each([
  [4, "4.0 ms"],
  [1200, "1.2 s"],
  [90 * second, "90 s"],
  [100 * minute, "100 min"],
  [150 * minute, "2.5 h"],
  [3 * hour, "3 h"],
  [9.9 * hour, "9.9 h"],
  [12.4 * hour, "12 h"],
  [48 * hour, "48 h"],
])("%d ms are %s: nobody reads half an hour more or less than was meant", (ms, words) => {
  expect(durationInWords(ms)).toBe(words);
});
