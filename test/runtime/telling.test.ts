import { beforeEach, expect, test } from "vitest";
import { forgetTurns, isTurnOf } from "../../src/runtime/telling.ts";

const minute = 60_000;
const one = (text: string | number, now = 0, code = "no-name"): boolean =>
  isTurnOf(code, `[${code}] ${text}`, now);
const many = (texts: number, now = 0, code = "no-name"): number =>
  Array.from({ length: texts }, (_, number) => one(`${now} ${number}`, now, code)).filter(Boolean).length;

beforeEach(forgetTurns);

test("a text is told once", () => {
  expect([one("a"), one("a"), one("b"), one("a", minute)]).toEqual([true, false, true, false]);
});

test("of one code ten at once, then one a minute, for as long as the process lives", () => {
  expect(many(1000)).toBe(10);
  expect(many(1000, minute - 1)).toBe(0);
  expect(many(1000, minute)).toBe(1);
  expect(many(1000, 4 * minute)).toBe(3);
  expect(many(1000, 24 * 60 * minute)).toBe(10);
});

test("a code that tells much silences no other", () => {
  many(1000);
  expect(one("first of its kind", 0, "store-failed")).toBe(true);
});

test("what was left out is told when it comes again and there is room", () => {
  many(1000);
  expect([one("late"), one("late", minute), one("late", 2 * minute)]).toEqual([false, true, false]);
});

test("what is known again is bounded", () => {
  for (let hour = 0; hour < 60; hour++) many(20, hour * 60 * minute);
  expect(one(`${59 * 60 * minute} 9`, 60 * 60 * minute)).toBe(false);
  expect(one("0 0", 60 * 60 * minute)).toBe(true);
});
