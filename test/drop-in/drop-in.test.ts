import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { allCalls } from "./calls/all.ts";
import type { AnyFetch } from "./calls/call.ts";
import { observe } from "./observe.ts";
import { sloppyWrappers } from "./sloppy-wrappers.ts";
import { Upstream } from "./upstream.ts";

const native = globalThis.fetch as AnyFetch;
const upstream = new Upstream();

beforeAll(async () => {
  await upstream.start();
  circuits.limit(10_000);
});
afterAll(() => upstream.stop());

let made = 0;
const nextName = (): string => `drop-in ${++made}`;
const byOrigin = createProtectedFetch();

const ways: ReadonlyArray<[string, () => typeof fetch]> = [
  ["by name", () => createProtectedFetch({ name: nextName(), failureThreshold: 1_000_000 })],
  ["by origin, with nothing but defaults,", () => byOrigin],
  ["without a timeout", () => createProtectedFetch({ name: nextName(), timeout: false })],
  ["only observing", () => createProtectedFetch({ name: nextName(), enabled: "observe" })],
];

const table = allCalls.map(({ subject, name, run }) => [`${subject}: ${name}`, run] as const);

function inFlight(): number {
  return circuits.snapshot().reduce((sum, circuit) => sum + circuit.inFlight, 0);
}

describe.each(ways)("%s the protected fetch does what fetch does", (_way, make) => {
  test.each(table)("%s", async (_title, run) => {
    for (const circuit of circuits.list()) circuit.reset();
    const before = inFlight();
    const expected = await observe(run, native, upstream);
    const observed = await observe(run, make() as AnyFetch, upstream);
    expect(observed).toEqual(expected);
    expect(inFlight(), "calls that the circuits believe to be on their way").toBe(before);
  });
});

test.each(sloppyWrappers)("the table notices a wrapper that $fault", async ({ fetch, shownBy }) => {
  const { run } = allCalls.find(({ name }) => name === shownBy)!;
  expect(await observe(run, fetch, upstream)).not.toEqual(await observe(run, native, upstream));
});

test.each(["name", "length"])("the protected fetch has the %s of fetch", (property) => {
  const { value } = Object.getOwnPropertyDescriptor(createProtectedFetch(), property)!;
  expect(value).toBe(Object.getOwnPropertyDescriptor(globalThis.fetch, property)!.value);
});

test("the table has at least 120 calls, and no two of one name", () => {
  const names = allCalls.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
