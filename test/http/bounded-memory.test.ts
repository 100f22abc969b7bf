import fc from "fast-check";
import { expect, test } from "vitest";
import { bodyCopy } from "../../src/http/body-copy.ts";
import { boundedMemory, type Claim, type Weighed } from "../../src/http/bounded-memory.ts";

const entry = (key: string, bytes: number): Weighed => ({ key, bytes });

const claim = (released: () => void = () => {}): Claim => ({ bytes: 0, atMs: 0, release: released });

test("what was kept first goes first, by number and by bytes", () => {
  const memory = boundedMemory(3, 100);
  for (const key of ["a", "b", "c", "d"]) memory.keep(entry(key, 10));
  expect(["a", "b", "c", "d"].map((key) => memory.find(key).length)).toEqual([0, 1, 1, 1]);
  memory.keep(entry("e", 81));
  expect(["b", "c", "d", "e"].map((key) => memory.find(key).length)).toEqual([0, 0, 1, 1]);
  expect(memory.bytes()).toBe(91);
});

test("several of one key are found, the newest first, and forgotten one by one", () => {
  const memory = boundedMemory(9, 100);
  const [first, second] = [entry("a", 1), entry("a", 2)];
  memory.keep(first);
  memory.keep(second);
  expect(memory.find("a")).toEqual([second, first]);
  memory.forget(second);
  memory.forget(second);
  expect([memory.find("a"), memory.bytes()]).toEqual([[first], 1]);
});

test("claims take one half at most, and drive out what is whole when they need the room", () => {
  const memory = boundedMemory(9, 100);
  memory.keep(entry("old", 40));
  memory.keep(entry("new", 40));
  const first = claim();
  expect(memory.claim(first, 30, 0)).toBe(true);
  expect([memory.find("old").length, memory.find("new").length, memory.bytes()]).toEqual([0, 1, 70]);
  expect(memory.claim(claim(), 21, 0)).toBe(false);
  expect(memory.claim(claim(), 20, 0)).toBe(true);
  memory.release(first);
  expect([memory.bytes(), first.bytes]).toEqual([60, 0]);
});

test("a claim that cannot grow has no room any more", () => {
  const memory = boundedMemory(9, 100);
  let isReleased = false;
  const growing = claim(() => (isReleased = true));
  memory.claim(growing, 40, 0);
  expect(memory.claim(growing, 51, 0)).toBe(false);
  expect([memory.bytes(), isReleased]).toEqual([0, true]);
});

test("only a claim that has not grown for ten seconds makes room for another", () => {
  const memory = boundedMemory(9, 100);
  const released: string[] = [];
  const stalled = claim(() => released.push("stalled"));
  const growing = claim(() => released.push("growing"));
  memory.claim(stalled, 20, 0);
  memory.claim(growing, 10, 0);
  memory.claim(growing, 20, 5000);
  expect(memory.claim(claim(), 20, 9999)).toBe(false);
  expect(memory.claim(claim(), 20, 10_000)).toBe(true);
  expect(released).toEqual(["stalled"]);
});

test("whatever is kept, claimed, grown, released and forgotten, the bounds hold and the books are right", () => {
  const operation = fc.record({
    what: fc.constantFrom("keep", "claim", "grow", "release", "forget"),
    which: fc.nat(9),
    bytes: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const memory = boundedMemory(5, 100);
      const claims: Claim[] = [];
      operations.forEach(({ what, which, bytes }, at) => {
        const nowMs = at * 1000;
        if (what === "keep") memory.keep(entry(`key ${which}`, bytes));
        if (what === "forget") for (const each of memory.find(`key ${which}`)) memory.forget(each);
        if (what === "claim") {
          const made = claim(() => claims.splice(claims.indexOf(made), 1));
          if (memory.claim(made, bytes, nowMs)) claims.push(made);
        }
        const chosen = claims[which];
        if (what === "grow" && chosen) memory.claim(chosen, chosen.bytes + bytes, nowMs);
        if (what === "release" && chosen) memory.release(chosen);
        const kept = [...memory.entries()];
        const sum = (weights: Array<{ bytes: number }>): number =>
          weights.reduce((all, each) => all + each.bytes, 0);
        expect(memory.bytes()).toBe(sum(kept) + sum(claims));
        expect(memory.bytes()).toBeLessThanOrEqual(100);
        expect(sum(claims)).toBeLessThanOrEqual(50);
        expect(kept.length).toBeLessThanOrEqual(5);
        for (const each of kept) expect(memory.find(each.key)).toContain(each);
      });
    }),
  );
});

test("a copy weighs what its buffer weighs, however small the parts, and its room is free when it is made", () => {
  const memory = boundedMemory(9, 10_000);
  const copy = bodyCopy(memory, 100, 2000);
  const one = new Uint8Array([7]);
  for (let part = 0; part < 1025; part++) copy.add(one, 0);
  expect(memory.bytes()).toBe(100 + 2000);
  expect(copy.finish()).toEqual(new Uint8Array(1025).fill(7));
  expect(memory.bytes()).toBe(0);
});

test("a copy that is too much, or that was dropped, is none", () => {
  const memory = boundedMemory(9, 10_000);
  const long = bodyCopy(memory, 100, 2000);
  long.add(new Uint8Array(1500), 0);
  long.add(new Uint8Array(501), 0);
  long.add(new Uint8Array(1), 0);
  const dropped = bodyCopy(memory, 100, 2000);
  dropped.add(new Uint8Array(1), 0);
  dropped.drop();
  expect([long.finish(), dropped.finish(), memory.bytes()]).toEqual([undefined, undefined, 0]);
});
