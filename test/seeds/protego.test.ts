import { beforeEach, describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, protect, withProtego } from "../../src/index.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

/** What Protego promises of a circuit breaker, in its words and with its numbers. */

beforeEach(resetCircuits);

const call = (name: string, options: object = {}) => {
  const clock = testClock();
  const state = { fails: true };
  const run = protect(() => (state.fails ? Promise.reject(new Error("down")) : Promise.resolve("fine")), {
    name,
    clock,
    ...options,
  });
  const outcome = () => run().catch((error: Error) => error.name);
  return { clock, state, outcome, circuit: () => circuits.get(name)! };
};

describe("its defaults", () => {
  test("failure_threshold: three failures in a row open the circuit", async () => {
    const { outcome, circuit } = call("api");
    for (const state of ["closed", "closed", "open"]) {
      await outcome();
      expect(circuit().state).toBe(state);
    }
  });

  test("reset_timeout: it stays open for sixty seconds, and nothing is called", async () => {
    const { outcome, clock, circuit } = call("api");
    for (let i = 0; i < 3; i++) await outcome();
    clock.advance(59_999);
    expect(await outcome()).toBe("CircuitOpenError");
    clock.advance(1);
    expect(circuit().state).toBe("half-open");
  });

  test("half_open_retries: two good calls close it, one bad one opens it again", async () => {
    const { outcome, clock, circuit, state } = call("api");
    for (let i = 0; i < 3; i++) await outcome();
    clock.advance("60s");
    await outcome();
    expect(circuit().state).toBe("open");
    clock.advance("60s");
    state.fails = false;
    await outcome();
    expect(circuit().state).toBe("half-open");
    await outcome();
    expect(circuit().state).toBe("closed");
  });
});

test("each of the three can be set", async () => {
  const { outcome, clock, circuit, state } = call("api", {
    failureThreshold: 1,
    resetTimeout: "5s",
    halfOpenRetries: 1,
  });
  await outcome();
  expect(circuit().state).toBe("open");
  clock.advance("5s");
  state.fails = false;
  await outcome();
  expect(circuit().state).toBe("closed");
});

test("a global registry knows every circuit by its name", async () => {
  for (const name of ["billing", "search"]) await call(name).outcome();
  expect(circuits.list().map(({ name, state }) => `${name} ${state}`)).toEqual([
    "billing closed",
    "search closed",
  ]);
  expect(circuits.get("billing")!.snapshot().totals.failed).toBe(1);
});

test("parameters of a live circuit are updated, and stay so", async () => {
  const { outcome, circuit, clock } = call("api");
  await outcome();
  circuit().configure({ failureThreshold: 2, resetTimeout: "10s" });
  await outcome();
  expect(circuit().state).toBe("open");
  clock.advance("10s");
  expect(circuit().state).toBe("half-open");
  await call("api").outcome();
  expect(circuit().snapshot().options).toMatchObject({ failureThreshold: 2, resetTimeout: 10_000 });
});

test("a route whose circuit is open answers 503 at once, and says when to come again", async () => {
  let handled = 0;
  const GET = withProtego(
    () => {
      handled++;
      return new Response("broken", { status: 500 });
    },
    { name: "GET /orders", clock: testClock() },
  ) as unknown as (request: Request, context: object) => Promise<Response>;
  const ask = () => GET(new Request("https://app.test/orders"), {});
  expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([500, 500, 500]);
  const refused = await ask();
  expect([refused.status, refused.headers.get("retry-after"), handled]).toEqual([503, "60", 3]);
});

test("a fetch behind it is a fetch, until its upstream is down", async () => {
  let status = 200;
  const fetch = createProtectedFetch({ fetch: async () => new Response("answer", { status }) });
  expect(await (await fetch("https://api.test/")).text()).toBe("answer");
  status = 503;
  for (let i = 0; i < 3; i++) expect((await fetch("https://api.test/")).status).toBe(503);
  await expect(fetch("https://api.test/")).rejects.toMatchObject({ name: "CircuitOpenError" });
});
