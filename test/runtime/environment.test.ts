import { beforeEach, expect, test, vi } from "vitest";
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
