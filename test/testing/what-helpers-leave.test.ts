import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { staleIfError } from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";
import { tellOnce } from "../../src/runtime/environment.ts";

beforeEach(resetCircuits);
afterEach(() => vi.useRealTimers());

test("testClock moves the circuit, and no call's timeout: that is of the timers of the runner", async () => {
  vi.useFakeTimers();
  const clock = testClock();
  const fetch = createProtectedFetch({
    name: "api",
    clock,
    failureThreshold: 1,
    timeout: "3s",
    fetch: () => new Promise(() => {}),
  });
  let outcome = "waits";
  const call = fetch("https://api.test/").catch(({ name }: Error) => (outcome = name));
  clock.advance("1h");
  await Promise.resolve();
  expect(outcome).toBe("waits");
  await vi.advanceTimersByTimeAsync(3000);
  expect(await call).toBe("TimeoutError");
  expect(circuits.get("api")?.state).toBe("open");
  clock.advance("60s");
  expect(circuits.get("api")?.state).toBe("half-open");
});

test("nor the age of stale answers, which outlive resetCircuits", async () => {
  vi.useFakeTimers();
  const clock = testClock();
  let status = 200;
  const fetch = createProtectedFetch({
    name: "api",
    clock,
    stale: staleIfError({ maxAge: "1m", key: ({ url }) => url }),
    fetch: () => Promise.resolve(new Response("good", { status })),
  });
  const read = async () => (await fetch("https://api.test/")).text();
  await read();
  status = 503;
  clock.advance("1h");
  resetCircuits();
  expect((await fetch("https://api.test/")).headers.get("protego-stale")).toBe("1");
  await vi.advanceTimersByTimeAsync(60_001);
  expect((await fetch("https://api.test/")).status).toBe(503);
});

test("resetCircuits keeps the bound of circuits", async () => {
  circuits.limit(7);
  resetCircuits();
  const fetch = createProtectedFetch({ fetch: () => Promise.resolve(new Response()) });
  await Promise.all(Array.from({ length: 20 }, (_, n) => fetch(`https://${n}.test/`)));
  expect(circuits.list().length).toBeLessThan(10); // seven, and the one that the others share
  circuits.limit(1000);
});

test("after resetCircuits what was told once is told again, however much was told before", () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  for (let count = 0; count < 200; count++) tellOnce(() => `[no-name] ${count}`);
  said.mockClear();
  tellOnce(() => "[no-name] unheard");
  expect(said).not.toHaveBeenCalled();
  resetCircuits();
  tellOnce(() => "[no-name] unheard");
  expect(said).toHaveBeenCalledTimes(1);
  resetCircuits();
  said.mockRestore();
});

test("a snapshot is the same each time, with when it was taken where that is frozen", () => {
  vi.useFakeTimers({ now: 1e12 });
  const clock = testClock();
  const taken = [1, 2].map(() => {
    resetCircuits();
    const circuit = circuits.register("api", { clock });
    circuit.open();
    clock.advance("10s");
    return circuit.snapshot();
  });
  expect(taken[0]).toEqual(taken[1]);
  expect(taken[0]!.at).toBe(1e12);
  vi.useRealTimers();
  expect(circuits.get("api")!.snapshot()).toEqual({ ...taken[0], at: expect.any(Number) });
});
