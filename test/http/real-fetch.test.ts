import { afterEach, expect, test, vi } from "vitest";
import { createProtectedFetch } from "../../src/index.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";

afterEach(() => void vi.unstubAllGlobals());

test("the fetch given is the one that is called", async () => {
  const answer = new Response("mine");
  const mine = vi.fn<typeof globalThis.fetch>(async () => answer);
  const everybodys = vi.fn<typeof globalThis.fetch>();
  vi.stubGlobal("fetch", everybodys);
  const { fetch, totals } = guardedFetch({ fetch: mine });
  expect(await fetch("http://a.test")).toBe(answer);
  expect(everybodys).not.toHaveBeenCalled();
  expect(totals()).toEqual(counted.success);
});

test("globalThis.fetch is looked up at each call, not when the wrapper is made", async () => {
  const { fetch } = guardedFetch();
  for (const word of ["first", "second"]) {
    vi.stubGlobal("fetch", async () => new Response(word));
    expect(await (await fetch("http://a.test")).text()).toBe(word);
  }
});

test("the wrapper can stand in the place of globalThis.fetch when it is given the real one", async () => {
  const { fetch } = guardedFetch({ fetch: async () => new Response("real") });
  vi.stubGlobal("fetch", fetch);
  expect(await (await globalThis.fetch("http://a.test")).text()).toBe("real");
});

test("a fetch that throws at once rejects like one that rejects", async () => {
  const error = new Error("at once");
  const { fetch, totals } = guardedFetch({
    fetch: () => {
      throw error;
    },
  });
  await expect(fetch("http://a.test")).rejects.toBe(error);
  expect(totals()).toEqual(counted.failure);
});

test.each([null, "fetch", {}])("%j is no fetch: it throws when the wrapper is made", (fetch) => {
  expect(() => createProtectedFetch({ fetch: fetch as never })).toThrow(/option "fetch" must be a function/);
});

test("its name and length are those of fetch", () => {
  const fetch = createProtectedFetch();
  expect([fetch.name, fetch.length]).toEqual([globalThis.fetch.name, globalThis.fetch.length]);
});

test("options of the wrong type throw when the wrapper is made", () => {
  for (const options of [null, 7, "name", true]) {
    expect(() => createProtectedFetch(options as never)).toThrow(/"options" must be an object/);
  }
});
