import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);
afterEach(() => vi.useRealTimers());

const fakes = [
  ["every clock", undefined],
  ["timers alone, as node:test does", ["setTimeout", "clearTimeout"]],
] as const;

/** As an app has it: made once, and called by every test of a file. */
function shared() {
  let work: () => Promise<unknown> = () => Promise.resolve("fine");
  const call = protect(() => work(), { name: "api", timeout: 60 });
  return {
    succeed: () => ((work = () => Promise.resolve("fine")), call()),
    hang: () => ((work = () => new Promise(() => {})), call().catch(({ name }: Error) => name)),
  };
}

describe.each(fakes)("with fakes of %s", (_what, toFake) => {
  const fake = () => vi.useFakeTimers(toFake && { toFake: [...toFake] });

  test("a call of a test on real timers leaves nothing that a fake clock could not move", async () => {
    const { succeed, hang } = shared();
    await succeed();
    fake();
    const outcome = hang();
    await vi.advanceTimersByTimeAsync(60);
    expect(vi.getTimerCount()).toBe(0);
    expect(await outcome).toBe("TimeoutError");
  });

  test("a call of a test on fake timers leaves nothing that real ones wait for", async () => {
    const { succeed, hang } = shared();
    fake();
    await succeed();
    vi.useRealTimers();
    expect(await hang()).toBe("TimeoutError");
  });

  test("one fake clock after another moves it, too", async () => {
    const { succeed, hang } = shared();
    fake();
    await succeed();
    vi.useRealTimers();
    fake();
    const outcome = hang();
    await vi.advanceTimersByTimeAsync(60);
    expect(vi.getTimerCount()).toBe(0);
    expect(await outcome).toBe("TimeoutError");
  });

  test("nor does a call that hangs when the fake clock goes keep others waiting", async () => {
    const { hang } = shared();
    fake();
    const first = hang();
    vi.useRealTimers();
    expect(await hang()).toBe("TimeoutError");
    expect(await first).toBe("TimeoutError");
  });
});
