import fc from "fast-check";
import { expect, test } from "vitest";
import { fleetStep } from "../../src/core/fleet.ts";
import {
  type FleetRecord,
  type FleetRequest,
  type OwnRequest,
  recordLifeMs,
} from "../../src/core/fleet-record.ts";
import { storeStep } from "../../src/core/store-step.ts";
import { anyFleetHistory } from "../stores/fleet-history.ts";
import { fleetPolicy } from "../stores/fleet-policy.ts";

const policy = fleetPolicy;
const ask = (own: OwnRequest): FleetRequest => ({ ...policy, ...own });
const read = ask({ type: "read" });
const open = ask({ type: "open", isForced: false });

test("a text carries all that the model's record does", () => {
  const property = fc.property(anyFleetHistory, (history) => {
    let record: FleetRecord | undefined;
    let text: string | undefined;
    let elapsedMs = 0;
    for (const { passMs, request } of history) {
      elapsedMs += passMs;
      if (elapsedMs >= recordLifeMs && !record?.isForced) record = undefined;
      const expected = fleetStep(record, request, record ? elapsedMs : 0);
      const { keep, reply } = storeStep(text, request, elapsedMs);
      expect(reply).toEqual(expected.reply);
      expect(keep === undefined).toBe(expected.record === undefined);
      if (expected.record) [record, text, elapsedMs] = [expected.record, keep, 0];
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

test("to ask leaves nothing behind where nothing was", () => {
  for (const nothing of [undefined, null]) {
    expect(storeStep(nothing, read, 0)).toMatchObject({
      keep: undefined,
      reply: { state: "closed", life: 0 },
    });
  }
});

test("a record of 48 hours is gone, one that is a moment younger is there", () => {
  const { keep } = storeStep(undefined, open, 0);
  expect(storeStep(keep, read, recordLifeMs - 1).reply.state).toBe("half-open");
  expect(storeStep(keep, read, recordLifeMs).reply).toMatchObject({ state: "closed", life: 0 });
});

test("a record that is held by a command is there for as long as nobody gives another", () => {
  for (const type of ["open", "close"] as const) {
    const { keep, reply } = storeStep(undefined, ask({ type, isForced: true }), 0);
    expect(storeStep(keep, read, 1000 * recordLifeMs).reply).toEqual({ ...reply, isGranted: false });
  }
});

test("a text of a newer version that nobody has written for 48 hours is gone too", () => {
  expect(storeStep('{"schema":3}', read, recordLifeMs).reply).toMatchObject({ state: "closed", life: 0 });
});

const record = JSON.parse(storeStep(undefined, open, 0).keep!) as Record<string, unknown>;

test.each([
  ["empty", ""],
  ["no JSON", "garbage"],
  ["cut off", JSON.stringify(record).slice(0, 60)],
  ["too long", JSON.stringify({ ...record, more: "x".repeat(100_000) })],
  ["null", "null"],
  ["a list", "[1]"],
  ["without a version", JSON.stringify({ ...record, schema: undefined })],
  ["of a version that never was", JSON.stringify({ ...record, schema: 0 })],
  ["without votes", JSON.stringify({ ...record, votes: undefined })],
  ["with votes of another kind", JSON.stringify({ ...record, votes: [{ reporter: 1 }] })],
  ["with more votes than fit", JSON.stringify({ ...record, votes: Array(17).fill(vote()) })],
  ["absurd in its numbers", JSON.stringify(record).replace(/"generation":1/, '"generation":1e99')],
  ["of no life", JSON.stringify({ ...record, life: 0 })],
  ["with a time that is none", JSON.stringify({ ...record, restMs: "soon" })],
])("a text that is %s is repaired: closed, told of once, and kept from then on", (_how, text) => {
  const { keep, reply } = storeStep(text, read, 0);
  expect(reply).toMatchObject({ state: "closed", isRepaired: true, life: policy.life });
  expect(storeStep(keep, read, 0)).toMatchObject({ keep: undefined, reply: { isRepaired: false } });
  // What was asked for is done all the same.
  expect(storeStep(text, open, 0).reply).toMatchObject({ state: "open", isRepaired: true });
});

test("a text of the version before is understood, and written as this one's", () => {
  const { failures, firstTrialMs, lastTrialMs, ...parts } = record;
  expect([failures, firstTrialMs, lastTrialMs]).toEqual([0, -1, 0]);
  const { reply, keep } = storeStep(JSON.stringify({ ...parts, schema: 1 }), read, 1000);
  expect(reply).toMatchObject({ state: "open", waitMs: 59_000, isRepaired: false });
  expect(keep).toBeUndefined();
  const closed = storeStep(
    JSON.stringify({ ...parts, schema: 1 }),
    ask({ type: "close", isForced: false }),
    1,
  );
  expect(JSON.parse(closed.keep!)).toMatchObject({ schema: 2, isOpen: false, failures: 0 });
});

test("a text of a newer version is left alone, whatever is asked", () => {
  for (const request of [read, open]) {
    expect(() => storeStep('{"schema":3,"what":"ever"}', request, 0)).toThrow(
      expect.objectContaining({ name: "NewerRecord" }),
    );
  }
});

test("a clock that steps back makes no record older or younger than new", () => {
  const { keep } = storeStep(undefined, open, 0);
  for (const elapsedMs of [-1, -1e12, NaN]) {
    const step = storeStep(keep, read, elapsedMs);
    expect(step.reply).toMatchObject({ state: "open", waitMs: 60_000 });
    // It is written anew, so that its age counts from now on.
    expect(step.keep).toBeDefined();
  }
});

test("a lease never outlives a record", () => {
  const halfOpen = { ...record, restMs: -1, leases: [{ token: 1, leftMs: 1e15 }] };
  const { reply } = storeStep(JSON.stringify(halfOpen), read, recordLifeMs - 1000);
  expect(reply.state).toBe("half-open");
  expect(reply.waitMs).toBeLessThanOrEqual(1000);
});

function vote(): object {
  return { reporter: 1, sequence: 1, run: 1, ageMs: 0 };
}

test("an open circuit's text has about 200 bytes, and the longest of all 3 kB", () => {
  const many = { ...policy, life: 2 ** 31 - 1, trials: 1000, concurrent: 1000 };
  let text = storeStep(undefined, { ...many, type: "open", isForced: false }, 0).keep!;
  expect(text.length).toBeGreaterThan(150);
  expect(text.length).toBeLessThan(250);
  const step = (own: OwnRequest): void => {
    text = storeStep(text, { ...many, ...own }, 123).keep ?? text;
  };
  const large = 2 ** 31 - 1;
  step({ type: "half-open" });
  for (let each = 0; each < 100; each++) {
    step({ type: "lease", token: large - each, leaseMs: 9_999_999, isAlone: false });
    step({ type: "close", isForced: false });
    step({ type: "half-open" });
  }
  step({ type: "close", isForced: false });
  for (let each = 0; each < 100; each++) {
    const own = { type: "report", reporter: large - each, sequence: large, run: 1, seen: -1 } as const;
    text = storeStep(text, { ...many, ...own, windowMs: 1e9 }, 0).keep ?? text;
  }
  expect(text.length).toBeGreaterThan(1000);
  expect(text.length).toBeLessThan(3000);
});
