import { expect, test } from "vitest";
import { staleIfError } from "../../src/options.ts";
import { collectGarbage } from "./collect-garbage.ts";

const megabyte = 1_000_000;

/** What is held in all: bodies outside of the heap, everything else in it. */
async function heldBytes(): Promise<number> {
  await collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A body without end, which costs its source nothing. */
function endless(partBytes: number): ReadableStream<Uint8Array> {
  const part = new Uint8Array(partBytes);
  return new ReadableStream({ pull: (controller) => controller.enqueue(part) }, { highWaterMark: 0 });
}

test("bodies that are being read are within the bound, all together", async () => {
  const stale = staleIfError({ maxBytes: 8 * megabyte });
  const before = await heldBytes();
  const readers = Array.from({ length: 100 }, (_, index) => {
    const response = stale.remember(`http://a.test/${index}`, undefined, new Response(endless(1000)));
    return response.body!.getReader();
  });
  for (let part = 0; part < 1500; part++) {
    for (const reader of readers) await reader.read(); // oxlint-disable-line no-await-in-loop
  }
  // Without a bound on all of them, 150 MB, each below its own.
  expect((await heldBytes()) - before).toBeLessThan(8 * megabyte);
  expect(readers).toHaveLength(100);
});

test.each([
  ["many small ones", (index: number) => `http://a.test/${index}`, {}, 20_000],
  ["long URLs", (index: number) => `http://a.test/${index}?${"x".repeat(20_000)}`, {}, 2000],
  ["long headers", (index: number) => `http://a.test/${index}`, { "x-long": "y".repeat(20_000) }, 2000],
  [
    "many headers",
    (index: number) => `http://a.test/${index}`,
    Object.fromEntries(Array.from({ length: 200 }, (_, header) => [`x-${header}`, `${header}`])),
    2000,
  ],
])("what is kept is within the bound, whatever it is made of: %s", async (_what, url, headers, answers) => {
  const stale = staleIfError({ maxBytes: 10 * megabyte, maxEntries: 1_000_000 });
  const before = await heldBytes();
  for (let index = 0; index < answers; index++) {
    const fresh = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, `${value}${index}`]),
    );
    const response = stale.remember(url(index), undefined, new Response("body", { headers: fresh }));
    await response.text(); // oxlint-disable-line no-await-in-loop
  }
  const held = (await heldBytes()) - before;
  expect(held).toBeLessThan(10 * megabyte);
  // It is full: the bound is what kept it there.
  expect(held).toBeGreaterThan(2 * megabyte);
  expect(stale.recall(url(0), undefined)).toBeUndefined();
  expect(await stale.recall(url(answers - 1), undefined)!.text()).toBe("body");
});

test("answers that nobody reads take no room", async () => {
  const stale = staleIfError({ maxBytes: 100_000 });
  for (let index = 0; index < 1000; index++) {
    stale.remember(`http://a.test/${index}`, undefined, new Response("body"));
  }
  await stale.remember("http://a.test/", undefined, new Response("body")).text();
  expect(await stale.recall("http://a.test/", undefined)!.text()).toBe("body");
});
