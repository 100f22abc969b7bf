import { beforeEach, describe, expect, test } from "vitest";
import { circuits, isCircuitOpenError, protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);

const snapshot = () => circuits.get("stream")!.snapshot();

async function* numbers(upTo: number): AsyncGenerator<number, string> {
  for (let i = 1; i <= upTo; i++) {
    if (i > 3) throw new Error("in the middle");
    yield await Promise.resolve(i);
  }
  return "the end";
}

async function read(items: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a plain function that returns an async generator", () => {
  const make = (options = {}) => protect((upTo: number) => numbers(upTo), { name: "stream", ...options });

  test("is read like the generator itself, at the first call and at later ones", async () => {
    const generate = make();
    for (let call = 0; call < 3; call++) expect(await read(generate(3))).toEqual([1, 2, 3]);
    expect(snapshot()).toMatchObject({ inFlight: 0, totals: { allowed: 3, succeeded: 3 } });
    const items = generate(1);
    expect(await items.next()).toEqual({ done: false, value: 1 });
    expect(await items.next()).toEqual({ done: true, value: "the end" });
  });

  test("counts what fails midway, and opens", async () => {
    const generate = make({ failureThreshold: 2 });
    for (let call = 0; call < 2; call++) await expect(read(generate(9))).rejects.toThrow("in the middle");
    expect(snapshot()).toMatchObject({ state: "open", inFlight: 0, totals: { failed: 2 } });
    await expect(read(generate(1))).rejects.toSatisfy(isCircuitOpenError);
    const refused = generate(1); // never read: not unhandled either
    expect(refused).toBeDefined();
    await new Promise((resolve) => setImmediate(resolve));
  });

  test("is refused like a generator before its first call, too", async () => {
    circuits.register("stream").open();
    await expect(read(make()(3))).rejects.toSatisfy(isCircuitOpenError);
  });

  test("holds no place while nobody reads, and one while somebody does", async () => {
    const generate = make({ maxConcurrent: 1 });
    generate(3);
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(snapshot().inFlight).toBe(0);
    const items = generate(3);
    await items.next();
    expect(snapshot().inFlight).toBe(1);
    await items.return("left");
    expect(snapshot()).toMatchObject({ inFlight: 0, totals: { succeeded: 1, failed: 0 } });
  });

  test.each([[false], [() => false]])("passes by where enabled is %s", async (enabled) => {
    expect(await read(make({ enabled })(3))).toEqual([1, 2, 3]);
    expect(circuits.get("stream")?.snapshot().totals.allowed ?? 0).toBe(0);
  });

  test("may stream at one call and answer at another", async () => {
    const chat = protect(
      ((stream: boolean) => (stream ? numbers(2) : Promise.resolve("whole"))) as (
        stream: boolean,
      ) => AsyncGenerator<number>,
      { name: "stream" },
    );
    for (let call = 0; call < 2; call++) {
      expect(await (chat(false) as unknown as Promise<string>)).toBe("whole");
      expect(await read(chat(true))).toEqual([1, 2]);
    }
    expect(snapshot()).toMatchObject({ inFlight: 0, totals: { succeeded: 4 } });
  });
});

test("an iterator that cannot be told to stop is left all the same", async () => {
  let given = 0;
  const bare = {
    next: () => Promise.resolve({ done: false, value: ++given }),
    [Symbol.asyncIterator]: () => bare,
  };
  const generate = protect(() => bare as unknown as AsyncGenerator<number>, { name: "stream" });
  for await (const item of generate()) if (item === 2) break;
  expect(snapshot()).toMatchObject({ inFlight: 0, totals: { succeeded: 1 } });
});

test("a cursor, whose next answers with a row, is a value like any other", async () => {
  const rows = [{ id: 1 }, { id: 2 }];
  const cursor = {
    next: () => Promise.resolve(rows.shift() ?? null),
    toArray: () => Promise.resolve(rows),
    async *[Symbol.asyncIterator]() {
      yield* rows;
    },
  };
  const find = protect(() => cursor, { name: "stream" });
  const found = (await find()) as unknown as typeof cursor;
  expect(found).toBe(cursor);
  expect(await found.toArray()).toEqual([{ id: 1 }, { id: 2 }]);
  expect(snapshot()).toMatchObject({ inFlight: 0, totals: { allowed: 1, succeeded: 1 } });
});

test.each([false, "1s"] as const)(
  "an iterator that answers at once is read like any other, with the timeout %s",
  async (timeout) => {
    let item = 0;
    const atOnce = {
      next: () => ({ done: item === 2, value: ++item }),
      [Symbol.asyncIterator]: () => atOnce,
    };
    const generate = protect(() => atOnce as unknown as AsyncGenerator<number>, { name: "stream", timeout });
    expect(await read(generate())).toEqual([1, 2]);
    expect(snapshot()).toMatchObject({ inFlight: 0, totals: { allowed: 1, succeeded: 1 } });
  },
);

test("a plain function that is not enabled answers with a promise, whatever it returns", async () => {
  const run = protect((() => 5) as () => number, { name: "stream", enabled: false });
  const promise = run();
  expect(promise).toBeInstanceOf(Promise);
  expect(await promise).toBe(5);
});

test.each([
  ["a function", protect(function charge() {}, { name: "a" }), "charge"],
  ["an async function", protect(async function load() {}, { name: "a" }), "load"],
  ["a generator", protect(async function* items() {}, { name: "a" }), "items"],
])("the name of %s is its own", (_, fn, name) => {
  expect((fn as unknown as { name: string }).name).toBe(name);
});
