import { describe, expect, test } from "vitest";
import { believedReply } from "../../src/core/believed-reply.ts";
import { fleetStep } from "../../src/core/fleet.ts";
import {
  type FleetRecord,
  type FleetReply,
  type FleetRequest,
  recordLifeMs,
} from "../../src/core/fleet-record.ts";
import fc from "fast-check";
import { anyFleetHistory } from "../stores/fleet-history.ts";
import { fleetPolicy } from "../stores/fleet-policy.ts";

const read: FleetRequest = {
  type: "read",
  ...fleetPolicy,
};
const lease: FleetRequest = { ...read, type: "lease", token: 1, leaseMs: 11_000, isAlone: false };

const closed: FleetReply = {
  life: 1,
  generation: 3,
  state: "closed",
  waitMs: 0,
  trips: 0,
  isGranted: false,
  isSuspect: false,
  isForced: false,
  isRepaired: false,
};
const open: FleetReply = { ...closed, state: "open", waitMs: 500, trips: 1 };
const halfOpen: FleetReply = { ...open, state: "half-open", waitMs: 0 };

describe("what the step answers is believed, whatever was asked in whatever order", () => {
  test("but for waits that others' rules made longer than the asker's", () => {
    const property = fc.property(anyFleetHistory, (history) => {
      let record: FleetRecord | undefined;
      for (const { passMs, request } of history) {
        const step = fleetStep(record, request, record && passMs < recordLifeMs ? passMs : 0);
        record = step.record ?? record;
        const { waitMs, ...rest } = believedReply(step.reply, request);
        expect(step.reply).toMatchObject(rest);
        expect(waitMs).toBeLessThanOrEqual(step.reply.waitMs);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});

const rubbish: Array<[string, unknown, FleetRequest?]> = [
  ["nothing", undefined],
  ["null", null],
  ["a text", "closed"],
  ["a number", 0],
  ["an empty object", {}],
  ["an empty list", []],
  ["no state", { ...closed, state: undefined }],
  ["a state of another machine", { ...closed, state: "CLOSED" }],
  ["a generation that is no number", { ...closed, generation: "3" }],
  ["a generation that is not whole", { ...closed, generation: 1.5 }],
  ["a generation beyond all bounds", { ...closed, generation: 2 ** 60 }],
  ["a generation below zero", { ...closed, generation: -1 }],
  ["a life that is none", { ...closed, life: NaN }],
  ["no wait", { ...open, waitMs: undefined }],
  ["a wait below zero", { ...open, waitMs: -1 }],
  ["a wait that is no number", { ...open, waitMs: NaN }],
  ["a wait in words", { ...open, waitMs: "60s" }],
  ["endless trips", { ...open, trips: Infinity }],
  ["a time closed that is none", { ...closed, closedMs: -1 }],
  ["a grant in words", { ...halfOpen, isGranted: "yes" }, lease],
  ["a grant to nobody who asked", { ...halfOpen, isGranted: true }, read],
  ["a grant while open", { ...open, isGranted: true }, lease],
  ["a grant while open to who asked for now", { ...open, isGranted: true }, { ...lease, aheadMs: 0 }],
  ["a command to be half-open", { ...halfOpen, isForced: true }],
  ["an opening without a record", { ...open, life: 0, generation: 0 }],
  ["a generation without a record", { ...closed, life: 0 }],
];

test.each(rubbish)("%s is not believed", (_what, answer, request: FleetRequest = read) => {
  expect(() => believedReply(answer, request)).toThrow(/cannot be believed/);
  expect(() => believedReply(answer, request)).toThrow(expect.objectContaining({ name: "UnreadableReply" }));
});

test.each([
  ["of an opening, by the longest that the asker allows", open, read, 600_000],
  ["of a command, by the life of a record", { ...open, isForced: true }, read, recordLifeMs],
  ["for a trial, by the longest lease", halfOpen, { ...lease, longestOpeningMs: 1000 }, 600_000],
  ["for a trial, by the asker's pace", halfOpen, { ...lease, everyMs: 700_000 }, 700_000],
  ["of an opening, by the life of a record", open, { ...read, longestOpeningMs: Infinity }, recordLifeMs],
  ["while closed, to none", closed, read, 0],
])("a wait is bounded: %s", (_which, answer, request, boundMs) => {
  for (const waitMs of [1e12, Infinity, Number.MAX_VALUE]) {
    expect(believedReply({ ...answer, waitMs }, request)).toEqual({ ...answer, waitMs: boundMs });
  }
});

test("an answer that changes its mind is taken at its first word, and strange parts are left out", () => {
  let looks = 0;
  const answer = {
    ...open,
    extra: "…",
    get generation() {
      return looks++ === 0 ? 3 : -1;
    },
  };
  expect(believedReply(answer, read)).toEqual(open);
});
