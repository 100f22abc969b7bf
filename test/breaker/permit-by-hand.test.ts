import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CircuitOpenError, circuits, type PermitByHand, type ProtegoEvent } from "../../src/index.ts";
import { memoryStore, shareStore } from "../../src/redis.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);
afterEach(() => void vi.unstubAllEnvs());

const clock = testClock();
const register = (options = {}) =>
  circuits.register("orders", {
    clock,
    failureThreshold: 2,
    resetTimeout: "10s",
    halfOpenRetries: 1,
    ...options,
  });
const snapshot = () => circuits.get("orders")!.snapshot();

async function permit(options = {}): Promise<PermitByHand> {
  const call = await circuits.admit("orders", options);
  if (!call.admitted) throw call.error;
  return call;
}

describe("a permit", () => {
  test.each([
    ["succeeded", { succeeded: 1, failed: 0, ignored: 0 }],
    ["failed", { succeeded: 0, failed: 1, ignored: 0 }],
    ["ignored", { succeeded: 0, failed: 0, ignored: 1 }],
  ] as const)("that says %s counts so, once, and gives its place back", async (word, totals) => {
    const call = await permit();
    expect(snapshot().inFlight).toBe(1);
    call[word]();
    call.failed(new Error("late"));
    call.succeeded();
    call.ignored();
    expect(snapshot()).toMatchObject({ inFlight: 0, totals: { allowed: 1, refused: 0, ...totals } });
  });

  test("shows operators what it failed with", async () => {
    (await permit()).failed(new RangeError("too far"));
    expect(snapshot().lastFailure).toBe("RangeError: too far");
    (await permit()).failed("HTTP 503");
    expect(snapshot().lastFailure).toBe("HTTP 503");
  });

  test("is told to listeners as any call", async () => {
    const heard: ProtegoEvent[] = [];
    register().subscribe((event) => heard.push(event));
    (await permit()).failed("HTTP 500");
    expect(heard).toMatchObject([{ type: "call.allowed" }, { type: "call.failed", failure: "HTTP 500" }]);
  });

  test("as a trial that says nothing it loses its place after its timeout and a second", async () => {
    register().halfOpen();
    const lost = await permit({ timeout: "2s" });
    clock.advance(2999);
    expect(await circuits.admit("orders")).toMatchObject({ admitted: false, retryAfter: 1 });
    clock.advance(1);
    (await permit()).succeeded();
    expect(snapshot().state).toBe("closed");
    lost.failed();
    expect(snapshot().failures).toBe(0);
  });
});

describe("a refusal", () => {
  test("comes when the circuit is open, with what a wrapper would have thrown", async () => {
    register();
    for (let call = 0; call < 2; call++) (await permit()).failed(new Error("down"));
    clock.advance("4s");
    const call = await circuits.admit("orders");
    expect(call).toMatchObject({ admitted: false, retryAfter: 6000 });
    expect(call.admitted || call.error).toBeInstanceOf(CircuitOpenError);
    expect(call.admitted || call.error).toMatchObject({
      circuit: "orders",
      reason: "open",
      retryAfter: 6000,
    });
    clock.advance("6s");
    (await permit()).succeeded();
    expect(snapshot().state).toBe("closed");
  });

  test("comes when the circuit is full", async () => {
    register({ maxConcurrent: 1 });
    const first = await permit();
    expect(await circuits.admit("orders")).toMatchObject({ admitted: false, error: { reason: "full" } });
    first.succeeded();
    expect((await circuits.admit("orders")).admitted).toBe(true);
  });

  test("of a shared circuit waits for what the fleet knows", async () => {
    const store = memoryStore();
    register({ store: shareStore(store) }).open();
    resetCircuits(); // another isolate
    circuits.register("orders", { store: shareStore(store) });
    expect(await circuits.admit("orders")).toMatchObject({ admitted: false, error: { reason: "open" } });
  });
});

test("in a build every call is admitted, and none counts", async () => {
  vi.stubEnv("NEXT_PHASE", "phase-production-build");
  register().open();
  (await permit()).failed();
  expect(snapshot().totals).toMatchObject({ allowed: 0, failed: 0, refused: 0 });
});

test.each([
  ["", {}, /option "name" must be a string that is not empty; got ""/],
  [7, {}, /option "name" must be a string/],
  ["orders", { timeout: 0 }, /option "timeout" must be more than 0 ms/],
  ["orders", { timeout: "soon" }, /option "timeout" must be/],
  ["orders", null, /option "options" must be an object/],
])("admit(%j, %j) is refused in words", async (name, options, words) => {
  await expect(circuits.admit(name as string, options as object)).rejects.toThrow(words);
});
