import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recorder } from "../../src/dashboard/recorder.ts";
import { circuits, protect } from "../../src/index.ts";
import { monotonicClock } from "../../src/runtime/clock.ts";
import { resetCircuits } from "../../src/testing.ts";

let now = 0;

beforeEach(() => {
  resetCircuits();
  now = 1e9;
  vi.spyOn(monotonicClock, "now").mockImplementation(() => now);
});
afterEach(() => {
  delete (globalThis as Record<symbol, unknown>)[Symbol.for("next-protego/recorder/1")];
  vi.restoreAllMocks();
});

/** A call of the circuit `api` that takes so long. */
function call(ms: number, fails = false): Promise<unknown> {
  const work = protect(
    () => {
      now += ms;
      return fails ? Promise.reject(new Error("down")) : Promise.resolve("fine");
    },
    { name: "api", failureThreshold: 2, ignoreErrors: [SyntaxError] },
  );
  return work().catch(() => undefined);
}

const newest = () => recorder().slicesOf("api").at(-1);

test("counts the calls of ten seconds at a time, and how long they took", async () => {
  recorder();
  await call(100);
  await call(300);
  await call(50, true);
  expect(newest()).toEqual({ succeeded: 2, failed: 1, refused: 0, totalMs: 450, longestMs: 300 });
  now += 10_000;
  await call(7);
  expect(recorder().slicesOf("api").slice(-2)).toEqual([
    { succeeded: 2, failed: 1, refused: 0, totalMs: 450, longestMs: 300 },
    { succeeded: 1, failed: 0, refused: 0, totalMs: 7, longestMs: 7 },
  ]);
  expect(recorder().slicesOf("api")).toHaveLength(30);
  expect(recorder().slicesOf("unknown")).toEqual([]);
});

test("counts refusals without a duration, and forgets what is older than five minutes", async () => {
  recorder();
  await call(1, true);
  await call(1, true);
  await call(1);
  expect(newest()).toMatchObject({ failed: 2, refused: 1, totalMs: 2 });
  now += 300_000;
  expect(
    recorder()
      .slicesOf("api")
      .every(({ failed, refused }) => failed + refused === 0),
  ).toBe(true);
});

test("writes a line for each change of state and each command, the newest first, a hundred at most", async () => {
  const recording = recorder();
  await call(1, true);
  await call(1, true);
  circuits.get("api")!.close();
  recording.note("api", "close by ada");
  expect(recording.lines().map(({ text }) => text)).toEqual([
    "close by ada",
    "open → closed, by command",
    "closed → open, by its calls",
  ]);
  for (let line = 0; line < 150; line++) recording.note("api", `line ${line}`);
  expect([recording.lines().length, recording.lines()[0]!.text]).toEqual([100, "line 149"]);
});

test("records no longer when nobody has looked for fifteen minutes, and begins anew when somebody looks", async () => {
  const first = recorder();
  await call(1);
  now += 15 * 60_000 + 1;
  await call(1);
  expect(recorder()).not.toBe(first);
  expect(recorder().slicesOf("api")).toEqual([]);
  await call(1);
  expect(newest()).toMatchObject({ succeeded: 1 });
});
