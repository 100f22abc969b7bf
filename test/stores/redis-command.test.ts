import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyOf, replyOf } from "../../src/stores/redis-command.ts";

describe("an answer of the store", () => {
  test("is seven whole numbers", () => {
    expect(replyOf([7, 3, 1, 500, 2, 5, -1])).toEqual({
      life: 7,
      generation: 3,
      state: "open",
      waitMs: 500,
      trips: 2,
      isGranted: true,
      isSuspect: false,
      isForced: true,
      isRepaired: false,
    });
  });

  test("tells how long it has been closed, where it has been open", () => {
    expect(replyOf([7, 3, 0, 0, 2, 0, 500])).toMatchObject({ state: "closed", trips: 2, closedMs: 500 });
  });

  test("may come as strings, as clients that do not parse give them", () => {
    expect(replyOf(["7", "3", "2", "0", "2", "2", "-1"])).toMatchObject({
      state: "half-open",
      isSuspect: true,
    });
  });

  test.each([
    [null],
    [undefined],
    [""],
    ["OK"],
    [0],
    [{}],
    [[]],
    [[1, 2, 0, 0, 0, 0]],
    [[1, 2, 0, 0, 0, 0, 0, 0]],
    [[1, 2, 3, 0, 0, 0, 0]],
    [[1, 2, -1, 0, 0, 0, 0]],
    [[1, 2, 0.5, 0, 0, 0, 0]],
    [[1, NaN, 0, 0, 0, 0, 0]],
    [[1, Infinity, 0, 0, 0, 0, 0]],
    [[1, 2 ** 60, 0, 0, 0, 0, 0]],
    [[1, "two", 0, 0, 0, 0, 0]],
    [["<html>", 2, 0, 0, 0, 0, 0]],
    [[[1], {}, 0, 0, 0, 0, 0]],
    ["<!doctype html>"],
  ])("that is none is an error, never closed: %j", (answer) => {
    expect(() => replyOf(answer)).toThrow(TypeError);
  });

  test("whatever comes, it is an error or within bounds", () => {
    const property = fc.property(fc.anything(), (answer) => {
      let reply;
      try {
        reply = replyOf(answer);
      } catch (error) {
        return error instanceof TypeError;
      }
      return reply.waitMs >= 0 && reply.waitMs <= 48 * 3_600_000;
    });
    expect(() => fc.assert(property, { numRuns: 5000 })).not.toThrow();
  });

  test("a wait is never negative and never longer than two days", () => {
    expect(replyOf([1, 1, 1, -5, 1, 0, -1]).waitMs).toBe(0);
    expect(replyOf([1, 1, 1, 1e12, 1, 0, -1]).waitMs).toBe(48 * 3_600_000);
  });
});

test("a key cannot leave its braces, whatever the name", () => {
  const property = fc.property(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary-ascii" }),
    (one, other) => {
      const [first, second] = [one, other].map((name) => keyOf("protego", name));
      expect(first).toMatch(/^protego:\{[^{}\s]*\}$/);
      expect(first === second).toBe(one === other);
    },
  );
  fc.assert(property, { numRuns: 2000 });
});

test("a circuit has another key under another prefix", () => {
  expect(keyOf("eu", "payments")).not.toBe(keyOf("us", "payments"));
});

test.each([
  [[-1], "NewerRecord"],
  [[-1, 0], "UnreadableReply"],
  ["<html>", "UnreadableReply"],
])("an answer of %j is a failure by a name that says what it is", (answer, name) => {
  expect(() => replyOf(answer)).toThrow(expect.objectContaining({ name }));
});
