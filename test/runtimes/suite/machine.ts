import { equal, match } from "./assert.ts";
import type { Check } from "./check.ts";
import { scripted } from "./scripted.ts";

export const machine: Check[] = [
  {
    name: "a circuit opens at the third failure in a row, not before",
    async run(api) {
      const calls = scripted(api);
      await calls.fail(2);
      equal(calls.circuit().state, "closed", "after two failures");
      await calls.fail();
      equal(calls.circuit().state, "open", "after three failures");
    },
  },
  {
    name: "a success in between starts the count again",
    async run(api) {
      const calls = scripted(api);
      await calls.fail(2);
      await calls.succeed();
      await calls.fail(2);
      equal(calls.circuit().state, "closed", "two, a success, two");
    },
  },
  {
    name: "an open circuit refuses without running the function, and says how long and why",
    async run(api) {
      const calls = scripted(api);
      await calls.fail(3);
      calls.clock.pass(12_500);
      const error = await calls.refused();
      equal(calls.runs(), 3, "runs");
      equal(error instanceof api.CircuitOpenError, true, "its class");
      equal(error.name, "CircuitOpenError", "its name");
      equal((error as InstanceType<typeof api.CircuitOpenError>).retryAfter, 47_500, "retryAfter");
      match((error as { digest?: string }).digest, /^PROTEGO_CIRCUIT_OPEN;scripted \d+;48$/, "digest");
      equal((error.cause as Error).message, "down", "cause");
      equal(api.isCircuitOpenError({ digest: (error as { digest?: string }).digest }), true, "a plain copy");
    },
  },
  {
    name: "the circuit is open until the very end of its reset timeout and half-open from then on",
    async run(api) {
      const calls = scripted(api, { resetTimeout: "30s" });
      await calls.fail(3);
      calls.clock.pass(29_999);
      equal(calls.circuit().state, "open", "a millisecond before");
      calls.clock.pass(1);
      equal(calls.circuit().state, "half-open", "on time");
    },
  },
  {
    name: "two successful trials close it",
    async run(api) {
      const calls = scripted(api);
      await calls.fail(3);
      calls.clock.pass(60_000);
      await calls.succeed();
      equal(calls.circuit().state, "half-open", "after one trial");
      await calls.succeed();
      equal(calls.circuit().state, "closed", "after two trials");
    },
  },
  {
    name: "one failed trial opens it again for the whole reset timeout",
    async run(api) {
      const calls = scripted(api);
      await calls.fail(3);
      calls.clock.pass(60_000);
      await calls.succeed();
      await calls.fail();
      equal(calls.circuit().state, "open", "after a failed trial");
      equal(calls.circuit().snapshot().retryAfter, 60_000, "the wait");
    },
  },
  {
    name: "half-open lets no more trials run at once than it was told",
    async run(api) {
      const calls = scripted(api, { halfOpenRetries: 2 });
      await calls.fail(3);
      calls.clock.pass(60_000);
      const [first, second] = [calls.start(), calls.start()];
      await calls.refused();
      equal(calls.runs(), 5, "runs");
      await first.resolve();
      await second.resolve();
      equal(calls.circuit().state, "closed", "both trials went well");
    },
  },
  {
    name: "a trial that never settles loses its place after its lease, and its late answer changes nothing",
    async run(api) {
      const calls = scripted(api, { halfOpenRetries: 1, resetTimeout: "10s" });
      await calls.fail(3);
      calls.clock.pass(10_000);
      const stuck = calls.start();
      await calls.refused();
      calls.clock.pass(10_000);
      const next = calls.start();
      await stuck.reject(new Error("too late"));
      equal(calls.circuit().state, "half-open", "after the late failure");
      await next.resolve();
      equal(calls.circuit().state, "closed", "after the next trial");
    },
  },
  {
    name: "an ignored error neither counts nor resets, and gives a trial's place back",
    async run(api) {
      const calls = scripted(api, { ignoreErrors: [RangeError], halfOpenRetries: 1 });
      await calls.fail(2);
      await calls.start().reject(new RangeError("the caller's own"));
      await calls.fail();
      equal(calls.circuit().state, "open", "two, an ignored one, a third");
      calls.clock.pass(60_000);
      await calls.start().reject(new RangeError("the caller's own"));
      equal(calls.circuit().state, "half-open", "an ignored trial decides nothing");
      await calls.succeed();
      equal(calls.circuit().state, "closed", "its place was free");
    },
  },
  {
    name: "answers to calls of an earlier generation change nothing",
    async run(api) {
      const calls = scripted(api);
      const late = [calls.start(), calls.start(), calls.start(), calls.start()];
      await calls.fail(3);
      await late[0]!.resolve();
      equal(calls.circuit().state, "open", "a late success does not close an open circuit");
      calls.clock.pass(60_000);
      await late[1]!.reject(new Error("late"));
      equal(calls.circuit().state, "half-open", "a late failure does not fail the trials");
      await calls.succeed();
      await late[2]!.resolve();
      equal(calls.circuit().state, "half-open", "a late success is no trial");
      await calls.succeed();
      await late[3]!.reject(new Error("late"));
      equal(calls.circuit().snapshot().failures, 0, "a late failure does not count in the closed circuit");
    },
  },
  {
    name: "failures that arrive while open do not prolong the outage",
    async run(api) {
      const calls = scripted(api);
      const late = calls.start();
      await calls.fail(3);
      calls.clock.pass(50_000);
      await late.reject(new Error("late"));
      equal(calls.circuit().snapshot().retryAfter, 10_000, "the remaining wait");
    },
  },
];
