import { beforeEach, expect, test } from "vitest";
import { forgetTurns, turnOf } from "../../src/runtime/telling.ts";

const minute = 60_000;
const one = (text: string | number, now = 0, code = "no-name"): boolean =>
  turnOf(code, `[${code}] ${text}`, now) !== undefined;
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

test("the last for now says that it is", () => {
  const turns = Array.from({ length: 11 }, (_, number) => turnOf("no-name", `${number}`, 0));
  expect(turns).toEqual([...Array.from({ length: 9 }, () => "one of several"), "last for now", undefined]);
  expect(turnOf("no-name", "later", minute)).toBe("last for now");
});

test("what is kept of it is bounded, and a clock that steps back silences nobody", () => {
  for (let hour = 0; hour < 200; hour++) many(20, hour * 60 * minute);
  expect(one(`${199 * 60 * minute} 9`, 200 * 60 * minute)).toBe(false);
  expect(one("0 0", 200 * 60 * minute)).toBe(true);
  expect(one("stepped back", 0)).toBe(true);
});
