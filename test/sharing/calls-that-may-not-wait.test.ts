import { describe, expect, test } from "vitest";
import { type Breaker, createBreaker } from "../../src/breaker/breaker.ts";
import { type AdmittedCall } from "../../src/breaker/admitted-call.ts";
import { settleCall } from "../../src/breaker/settle-call.ts";
import { type Asking, askForCall } from "../../src/breaker/ask-for-call.ts";
import { isRefusal } from "../../src/core/refusal.ts";
import { resolvePolicy } from "../../src/core/policy.ts";
import { memoryStore } from "../../src/redis.ts";
import { joinFleet } from "../../src/sharing/fleet-member.ts";
import { guardStore } from "../../src/sharing/guarded-store.ts";
import { isolateIdentity } from "../../src/sharing/isolate-identity.ts";
import { usualRules } from "../simulation/fleet.ts";
import { settled } from "./scripted-store.ts";

const asking: Asking = { timeoutMs: 10_000 };

/** Isolates of one fleet. In a prerender a call may not wait for the store. */
function fleet() {
  let now = 0;
  const clock = { now: () => now };
  const inner = memoryStore(() => now);
  const store = guardStore(inner, {
    ...clock,
    random: () => 0.5,
    storeTimeoutMs: 2000,
    boundMs: 100,
    budget: 1000,
    told: () => {},
  });
  let isolates = 0;
  const isolate = (): Breaker => {
    const policy = resolvePolicy({ resetTimeout: "60s", halfOpenRetries: 2 }, 10_000);
    const breaker = createBreaker("upstream", policy, clock, new Set());
    const drawn = { reporter: ++isolates, count: 0 };
    const identity = isolateIdentity(() => drawn);
    const parts = { store, rules: usualRules, random: Math.random, identity, keepAlive: () => {} };
    breaker.fleet = joinFleet(breaker, parts);
    return breaker;
  };
  return { isolate, advance: (ms: number) => (now += ms) };
}

/** @returns whether the call was let through */
async function call(breaker: Breaker, verdict: "success" | "failure", mayWait: boolean): Promise<boolean> {
  const answer = await askForCall(breaker, asking, false, mayWait);
  await settled();
  if (isRefusal(answer)) return false;
  settleCall(answer, verdict);
  await settled();
  return true;
}

/** A fleet that two isolates have opened, and a third one that has heard of it. */
async function opened() {
  const { isolate, advance } = fleet();
  for (const breaker of [isolate(), isolate()]) {
    for (let i = 0; i < 3; i++) await call(breaker, "failure", false);
  }
  const [one, other] = [isolate(), isolate()];
  for (const breaker of [one, other]) await call(breaker, "success", false);
  expect([one.phase.state, other.phase.state]).toEqual(["open", "open"]);
  return { one, other, advance, isolate };
}

describe("calls that may not wait for the store", () => {
  test("are no trials while others can try", async () => {
    const { one, advance } = await opened();
    advance(61_000);
    expect(await call(one, "success", false)).toBe(false);
    expect(one.phase.state).toBe("open");
  });

  test("recover by themselves where nobody else tries for another reset timeout, one at a time", async () => {
    const { one, other, advance } = await opened();
    advance(121_000);
    const trial = await askForCall(one, asking, false, false);
    expect(isRefusal(trial)).toBe(false);
    expect(await call(one, "success", false)).toBe(false);
    settleCall(trial as AdmittedCall, "success");
    await settled();
    expect(await call(one, "success", false)).toBe(true);
    expect(one.phase.state).toBe("closed");
    // The fleet has counted both as its trials: the other isolate closes without one of its own.
    advance(1000);
    expect(await call(other, "success", true)).toBe(true);
    expect(other.phase.state).toBe("closed");
    expect(other.totals.succeeded).toBe(2);
  });

  test("open again when such a trial fails, for another two reset timeouts", async () => {
    const { one, advance } = await opened();
    advance(121_000);
    expect(await call(one, "failure", false)).toBe(true);
    expect(one.phase.state).toBe("open");
    advance(61_000);
    expect(await call(one, "success", false)).toBe(false);
    advance(60_000);
    expect(await call(one, "success", false)).toBe(true);
  });

  test("such a trial that never settles is given up", async () => {
    const { one, advance } = await opened();
    advance(121_000);
    await askForCall(one, asking, false, false);
    advance(12_000);
    expect(await call(one, "success", true)).toBe(true);
  });

  test("the first look of such an isolate takes no trial's place", async () => {
    const { advance, isolate } = await opened();
    advance(61_000);
    const regenerating = isolate();
    expect(await call(regenerating, "success", false)).toBe(true);
    const visiting = [isolate(), isolate()];
    expect(await call(visiting[0]!, "success", true)).toBe(true);
    expect(await call(visiting[1]!, "success", true)).toBe(true);
    expect(visiting[1]!.phase.state).toBe("closed");
  });
});
