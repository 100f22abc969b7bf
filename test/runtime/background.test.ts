import { afterEach, expect, test, vi } from "vitest";
import { askPlatform, keepAlive } from "../../src/runtime/background.ts";

const scope = globalThis as { [key: string | symbol]: unknown };
const names = ["@next/request-context", "@vercel/request-context", "__cloudflare-context__"].map((name) =>
  Symbol.for(name),
);
afterEach(() => {
  for (const name of names) delete scope[name];
  for (const name of ["Netlify", "EdgeRuntime", "Bunny"]) delete scope[name];
});

/** A platform that keeps what it is given. */
function platform(): { waitUntil: (promise: Promise<unknown>) => void; kept: Promise<unknown>[] } {
  const kept: Promise<unknown>[] = [];
  return { waitUntil: (promise) => void kept.push(promise), kept };
}

const places: ReadonlyArray<readonly [string, (waitUntil?: (promise: Promise<unknown>) => void) => void]> = [
  ["Next's", (waitUntil) => (scope[Symbol.for("@next/request-context")] = { get: () => ({ waitUntil }) })],
  [
    "Vercel's",
    (waitUntil) => (scope[Symbol.for("@vercel/request-context")] = { get: () => ({ waitUntil }) }),
  ],
  ["OpenNext's", (waitUntil) => (scope[Symbol.for("__cloudflare-context__")] = { ctx: { waitUntil } })],
  ["Netlify's", (waitUntil) => (scope["Netlify"] = { context: { waitUntil } })],
  ["Supabase's", (waitUntil) => (scope["EdgeRuntime"] = { waitUntil })],
  ["Bunny's", (waitUntil) => (scope["Bunny"] = { v1: { waitUntil } })],
];

test.for(places)("a promise is kept alive by %s context of the request", async ([, put]) => {
  const { waitUntil, kept } = platform();
  put(waitUntil);
  const promise = Promise.resolve("done");
  keepAlive(promise);
  askPlatform(promise);
  expect(kept).toHaveLength(2);
  await expect(kept[1]).resolves.toBe("done");
});

test.for(places)("%s waitUntil is called on the object that it belongs to", ([, put]) => {
  const self: unknown[] = [];
  put(function (this: unknown) {
    self.push(this);
  });
  askPlatform(Promise.resolve());
  expect(self).toEqual([expect.objectContaining({ waitUntil: expect.any(Function) as unknown })]);
});

test.for(places)("%s context that is closed is passed over, and the next one asked", ([what, put]) => {
  put(() => {
    throw new Error("outside of a request");
  });
  const { waitUntil, kept } = platform();
  const [, putOther] = places.find(([name]) => name !== what)!;
  putOther(waitUntil);
  askPlatform(Promise.resolve());
  expect(kept).toHaveLength(1);
});

test.for<readonly [string, () => unknown]>([
  [
    "a getter that throws",
    () => ({
      get(): never {
        throw new Error("closed");
      },
    }),
  ],
  ["no context now", () => ({ get: () => undefined })],
  ["a context without waitUntil", () => ({ get: () => ({}) })],
  ["a waitUntil that is no function", () => ({ get: () => ({ waitUntil: true }) })],
  ["no function to ask", () => ({})],
  ["no object", () => null],
])("with %s a promise just runs, and the next way is asked", ([, context]) => {
  for (const name of names) scope[name] = context();
  scope["Netlify"] = { context: null };
  expect(() => keepAlive(Promise.resolve())).not.toThrow();
  const { waitUntil, kept } = platform();
  scope["Netlify"] = { context: { waitUntil } };
  keepAlive(Promise.resolve());
  expect(kept).toHaveLength(1);
});

test("the way that was given comes first, and one that throws is no way", () => {
  const given = platform();
  const found = platform();
  scope[Symbol.for("@vercel/request-context")] = { get: () => found };
  keepAlive(Promise.resolve(), given.waitUntil);
  expect([given.kept.length, found.kept.length]).toEqual([1, 0]);
  keepAlive(Promise.resolve(), () => {
    throw new Error("closed");
  });
  expect([given.kept.length, found.kept.length]).toEqual([1, 1]);
});

test("one platform is asked once, and what it is given never rejects", async () => {
  const vercel = platform();
  const netlify = platform();
  scope[Symbol.for("@vercel/request-context")] = { get: () => vercel };
  scope["Netlify"] = { context: netlify };
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  keepAlive(Promise.reject(new Error("broken")));
  await expect(vercel.kept[0]).resolves.toBeUndefined();
  expect(netlify.kept).toEqual([]);
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("Vercel's edge has a text of the name that Supabase's object has: it is passed over", () => {
  scope["EdgeRuntime"] = "edge-runtime";
  const { waitUntil, kept } = platform();
  scope["Bunny"] = { v1: { waitUntil } };
  askPlatform(Promise.resolve());
  expect(kept).toHaveLength(1);
});
