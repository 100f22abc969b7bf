import { AsyncLocalStorage } from "node:async_hooks";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, isCircuitOpenError, protect } from "../../src/index.ts";
import { healthProbe } from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);

/** A circuit that is due for trials. */
async function due(check: () => unknown, halfOpenRetries = 2) {
  const clock = testClock();
  const call = vi.fn<() => Promise<string>>(() => Promise.reject(new Error("down")));
  const run = protect(call, {
    name: "upstream",
    clock,
    failureThreshold: 1,
    halfOpenRetries,
    resetTimeout: "10s",
    timeout: "5s",
    probe: healthProbe(check),
  });
  await run().catch(() => {});
  clock.advance("10s");
  call.mockClear();
  call.mockResolvedValue("fine");
  return { clock, call, run, circuit: circuits.get("upstream")! };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test("the check decides in place of a call, which is refused meanwhile", async () => {
  const check = vi.fn<() => Promise<Response>>(() => Promise.resolve(new Response("ok")));
  const { run, call, circuit } = await due(check);
  const error = await run().catch((refusal: unknown) => refusal);
  expect(isCircuitOpenError(error)).toBe(true);
  await settle();
  expect(check).toHaveBeenCalledTimes(2);
  expect(circuit.state).toBe("closed");
  expect(call).not.toHaveBeenCalled();
  expect(await run()).toBe("fine");
});

test.each<[string, () => unknown]>([
  ["throws", () => JSON.parse("{")],
  ["rejects", () => Promise.reject(new Error("still down"))],
  ["answers 503", () => new Response(null, { status: 503 })],
])("a check that %s opens the circuit again", async (_how, check) => {
  const { run, call, circuit } = await due(check);
  await run().catch(() => {});
  await settle();
  expect(circuit.state).toBe("open");
  expect(circuit.snapshot().retryAfter).toBe(10_000);
  expect(circuit.snapshot().inFlight).toBe(0);
  expect(call).not.toHaveBeenCalled();
});

test("no check runs while the circuit is closed or open", async () => {
  const check = vi.fn<() => void>();
  const { run, clock, circuit } = await due(check);
  circuit.open();
  await run().catch(() => {});
  circuit.close();
  await run();
  clock.advance("1s");
  await run();
  expect(check).not.toHaveBeenCalled();
});

test("as many checks at a time as there are trials, however many call", async () => {
  const check = vi.fn<() => Promise<void>>(() => new Promise(() => {}));
  const { run } = await due(check);
  await Promise.all(Array.from({ length: 20 }, () => run().catch(() => {})));
  expect(check).toHaveBeenCalledTimes(2);
});

test("a check that hangs is given up, and another may run", async () => {
  const check = vi.fn<() => Promise<void>>(() => new Promise(() => {}));
  const { run, clock } = await due(check, 1);
  await run().catch(() => {});
  expect(check).toHaveBeenCalledTimes(1);
  clock.advance("7s");
  await run().catch(() => {});
  expect(check).toHaveBeenCalledTimes(2);
});

test("a check that hangs holds no place of a visitor's", async () => {
  const { run, clock, circuit } = await due(() => new Promise(() => {}), 1);
  await run().catch(() => {});
  expect(circuit.snapshot().inFlight).toBe(0);
  circuit.configure({ maxConcurrent: 1 });
  clock.advance("10s");
  circuit.close();
  expect(await run()).toBe("fine");
});

test("a check runs outside of the render that asked for it", async () => {
  const inside = new AsyncLocalStorage<string>();
  vi.stubGlobal(
    "fetch",
    Object.assign(() => {}, {
      __nextGetStaticStore: () => ({ exit: (then: () => unknown) => inside.run("outside", then) }),
    }),
  );
  try {
    const places: unknown[] = [];
    const { run } = await due(() => places.push(inside.getStore()), 1);
    await inside.run("the render", () => run().catch(() => {}));
    await settle();
    expect(places).toEqual(["outside"]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("a check that throws at once has failed", async () => {
  const { run, circuit } = await due(() => JSON.parse("{"), 1);
  await run().catch(() => {});
  await settle();
  expect(circuit.snapshot()).toMatchObject({
    state: "open",
    lastFailure: expect.stringContaining("SyntaxError"),
  });
});

test("a circuit that somebody closed meanwhile asks for no more checks", async () => {
  const check = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const { run, circuit } = await due(check, 3);
  const calls = run().catch(() => {});
  circuit.close();
  await calls;
  await settle();
  expect(check).toHaveBeenCalledTimes(1);
  expect(circuit.snapshot()).toMatchObject({ state: "closed", inFlight: 0 });
});

describe("what is no function", () => {
  test.each([[undefined], [null], ["https://api.test/health"], [{}]])("%j is refused", (wrong) => {
    expect(() => healthProbe(wrong as never)).toThrow(/"probe" must be a function/);
  });
});
