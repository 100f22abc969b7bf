import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message, tellOnce as Tell } from "../../src/runtime/environment.ts";

let warned: string[];
let tellOnce: typeof Tell;
beforeEach(async () => {
  vi.resetModules();
  ({ tellOnce } = await import("../../src/runtime/environment.ts"));
  warned = [];
  const told = vi.spyOn(console, "warn").mockImplementation((line) => void warned.push(String(line)));
  return () => {
    told.mockRestore();
    vi.unstubAllEnvs();
  };
});

test.each(["development", "test", ""])("a developer is told where NODE_ENV is %j", (mode) => {
  vi.stubEnv("NODE_ENV", mode);
  tellOnce(() => `[no-name] in mode ${JSON.stringify(mode)}`);
  expect(warned).toHaveLength(1);
});

test("nobody is told in production, and nothing is made up to tell", () => {
  vi.stubEnv("NODE_ENV", "production");
  const words = vi.fn<() => Message>(() => "[no-name] in production");
  tellOnce(words);
  expect([warned, words.mock.calls]).toEqual([[], []]);
});

test("each text is told once, with the page of its code", () => {
  for (const name of ["a", "b", "a"]) tellOnce(() => `[route-name] of ${name}`);
  expect(warned).toEqual(
    ["a", "b"].map(
      (name) =>
        `next-protego [route-name] of ${name}\nSee node_modules/next-protego/docs/errors/route-name.md`,
    ),
  );
});

describe("of many texts", () => {
  const minute = 60_000;
  function many(texts: number, at: number, code: "no-name" | "store-failed" = "no-name"): number {
    vi.spyOn(performance, "now").mockReturnValue(at);
    const before = warned.length;
    for (let number = 0; number < texts; number++) tellOnce(() => `[${code}] ${at} ${number}`);
    return warned.length - before;
  }
  afterEach(() => void vi.restoreAllMocks());

  test("a hundred are told at once, then of each code one a minute, for as long as the process lives", () => {
    expect(many(1000, 0)).toBeLessThan(110);
    expect(warned.length).toBeGreaterThanOrEqual(100);
    expect(many(1000, minute - 1)).toBe(0);
    expect(many(1000, minute)).toBe(1);
    expect(many(1000, 24 * 60 * minute)).toBe(1);
  });

  test("those of one code silence no other", () => {
    many(1000, 0);
    expect(many(1000, 1, "store-failed")).toBe(1);
    expect(many(1000, minute, "store-failed")).toBe(1);
  });

  test("one that was left out is told when it comes again and there is room, and once", () => {
    many(1000, 0);
    const told = [0, minute, 2 * minute].map((at) => {
      vi.spyOn(performance, "now").mockReturnValue(at);
      const before = warned.length;
      tellOnce(() => "[no-name] late");
      return warned.length - before;
    });
    expect(told).toEqual([0, 1, 0]);
  });
});
