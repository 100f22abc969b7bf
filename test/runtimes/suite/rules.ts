import type { OpeningRule } from "../../../src/index.ts";
import { equal, errorOf } from "./assert.ts";
import type { Api, Check } from "./check.ts";
import { scripted } from "./scripted.ts";

type Calls = ReturnType<typeof scripted>;

/** A rule, the calls that must leave the circuit closed, and the ones after which it is open. */
function opens(
  what: string,
  rule: (api: Api) => OpeningRule,
  spares: (calls: Calls) => unknown,
  opened: (calls: Calls) => unknown,
): Check {
  return {
    name: `the rule opens a circuit in time, and not before: ${what}`,
    async run(api) {
      const calls = scripted(api, { opensOn: rule(api) });
      await spares(calls);
      equal(calls.circuit().state, "closed", "before");
      await opened(calls);
      equal(calls.circuit().state, "open", "after");
    },
  };
}

async function alternately(calls: Calls, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await (i % 2 === 0 ? calls.succeed() : calls.fail());
}

async function slowly(calls: Calls, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const call = calls.start();
    calls.clock.pass(2000);
    await call.resolve();
  }
}

export const rules: Check[] = [
  opens(
    "consecutiveFailures",
    (api) => api.consecutiveFailures(5),
    (calls) => calls.fail(4),
    (calls) => calls.fail(),
  ),
  opens(
    "failureRate over a time",
    (api) => api.failureRate({ threshold: 0.5, window: "10s", minimumCalls: 10 }),
    (calls) => alternately(calls, 9),
    (calls) => calls.fail(),
  ),
  opens(
    "failureRate over calls",
    (api) => api.failureRate({ threshold: 0.5, window: 10 as never, minimumCalls: 10 }),
    (calls) => alternately(calls, 9),
    (calls) => calls.fail(),
  ),
  opens(
    "slowCalls",
    (api) => api.slowCalls({ duration: "1s", threshold: 0.5, window: "60s", minimumCalls: 4 }),
    (calls) => slowly(calls, 3),
    (calls) => slowly(calls, 1),
  ),
  opens(
    "opensWhen",
    (api) => api.opensWhen(({ failures, calls }) => failures >= 2 && calls >= 5),
    (calls) => alternately(calls, 4),
    (calls) => calls.fail(),
  ),
  opens(
    "anyOf",
    (api) =>
      api.anyOf(
        api.consecutiveFailures(50),
        api.failureRate({ threshold: 0.9, window: "10s", minimumCalls: 4 }),
      ),
    (calls) => calls.fail(3),
    (calls) => calls.fail(),
  ),
  {
    name: "calls that hang open a circuit before they end: hungCalls",
    async run(api) {
      const calls = scripted(api, { opensOn: api.hungCalls({ duration: "5s", threshold: 2 }) });
      const hung = [calls.start(), calls.start()];
      calls.clock.pass(5001);
      await errorOf(() => calls.refused().then(() => Promise.reject(new Error("refused"))), "the next call");
      equal(calls.circuit().state, "open", "with two calls overdue");
      for (const call of hung) await call.resolve();
    },
  },
  {
    name: "shedExcess refuses some calls of a failing upstream, and never opens",
    async run(api) {
      const calls = scripted(api, { opensOn: api.shedExcess() });
      for (let i = 0; i < 300; i++) await calls.fail();
      const { totals } = calls.circuit().snapshot();
      equal([totals.refused > 0, calls.circuit().state], [true, "closed"], "what it did");
    },
  },
  {
    name: "repeated trips wait longer and longer: exponentialBackoff",
    async run(api) {
      const resetBackoff = api.exponentialBackoff({ factor: 2, max: "25s", jitter: 0 });
      const calls = scripted(api, { resetTimeout: "10s", resetBackoff });
      const waits: number[] = [];
      await calls.fail(3);
      for (let trip = 0; trip < 3; trip++) {
        const { retryAfter } = calls.circuit().snapshot();
        waits.push(retryAfter);
        calls.clock.pass(retryAfter);
        await calls.fail();
      }
      equal(waits, [10_000, 20_000, 25_000], "the waits");
    },
  },
  {
    name: "trials may tolerate a failure, and need as many successes as they are told",
    async run(api) {
      const calls = scripted(api, {
        halfOpenRetries: api.trials({ successes: 3, tolerate: 0.25, concurrent: 1 }),
      });
      await calls.fail(3);
      calls.clock.pass(60_000);
      await calls.succeed();
      await calls.fail();
      equal(calls.circuit().state, "half-open", "one failure is tolerated");
      await calls.succeed();
      await calls.succeed();
      equal(calls.circuit().state, "closed", "after three successes");
    },
  },
  {
    name: "a ramp lets traffic back bit by bit",
    async run(api) {
      const calls = scripted(api, { ramp: api.ramp("10s") });
      await calls.fail(3);
      calls.clock.pass(60_000);
      await calls.succeed();
      await calls.succeed();
      equal(calls.circuit().state, "closed", "after the trials");
      for (let i = 0; i < 100; i++) {
        try {
          await calls.succeed();
        } catch {
          // Not yet.
        }
      }
      equal(calls.circuit().snapshot().totals.refused > 10, true, "most are refused at once");
      calls.clock.pass(10_001);
      for (let i = 0; i < 20; i++) await calls.succeed();
    },
  },
  {
    name: "more calls at once than maxConcurrent are refused, and their places come back",
    async run(api) {
      const calls = scripted(api, { maxConcurrent: 2 });
      const held = [calls.start(), calls.start()];
      await calls.refused();
      equal(calls.circuit().snapshot().inFlight, 2, "in flight");
      for (const call of held) await call.resolve();
      equal(await calls.succeed(), "fine", "the next");
      equal(calls.circuit().state, "closed", "the state");
    },
  },
  {
    name: "a health check decides about recovery in place of callers",
    async run(api) {
      let checks = 0;
      const check = (): Promise<Response> => {
        checks++;
        return Promise.resolve(new Response("ok"));
      };
      const calls = scripted(api, { probe: api.healthProbe(check) });
      await calls.fail(3);
      calls.clock.pass(60_000);
      await calls.refused();
      for (let turn = 0; turn < 50 && calls.circuit().state !== "closed"; turn++) await Promise.resolve();
      equal([calls.runs(), checks, calls.circuit().state], [3, 2, "closed"], "runs, checks, state");
    },
  },
  {
    name: "a health check that fails opens the circuit again",
    async run(api) {
      const calls = scripted(api, {
        probe: api.healthProbe(() => Promise.resolve(new Response(null, { status: 503 }))),
      });
      await calls.fail(3);
      calls.clock.pass(60_000);
      await calls.refused();
      for (let turn = 0; turn < 50 && calls.circuit().state !== "open"; turn++) await Promise.resolve();
      equal([calls.runs(), calls.circuit().state], [3, "open"], "runs and state");
    },
  },
  {
    name: "a circuit starts as it was: restoreFrom",
    async run(api) {
      const calls = scripted(api);
      await calls.fail(3);
      const snapshot = { ...calls.circuit().snapshot(), name: "restored" };
      const call = api.protect(() => Promise.resolve("reached"), {
        name: "restored",
        initial: api.restoreFrom([JSON.parse(JSON.stringify(snapshot))]),
      });
      equal((await errorOf(() => call(), "the first call")).name, "CircuitOpenError", "the refusal");
    },
  },
  {
    name: "a state can be forced, and the clock moved by hand, as tests of apps do",
    async run(api) {
      const clock = api.testClock();
      const call = api.protect(() => Promise.resolve("reached"), { name: "for tests", clock });
      api.circuits.register("for tests", { clock });
      api.forceState("for tests", "open");
      equal((await errorOf(() => call(), "while open")).name, "CircuitOpenError", "the refusal");
      api.forceState("for tests", "closed");
      equal(await call(), "reached", "while closed");
    },
  },
];
