import { equal, errorOf, same } from "./assert.ts";
import type { Check } from "./check.ts";
import { handClock } from "./hand-clock.ts";

async function collect(items: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

export const functions: Check[] = [
  {
    name: "a protected function keeps its arguments, its result and its errors",
    async run(api) {
      const error = new Error("broken");
      const divide = api.protect(
        async (a: number, b: number) => {
          if (b === 0) throw error;
          return a / b;
        },
        { name: "divide" },
      );
      equal(await divide(6, 3), 2, "the result");
      same(await errorOf(() => divide(1, 0), "a failure"), error, "the error");
    },
  },
  {
    name: "a protected function that takes too long fails with a TimeoutError",
    async run(api) {
      const hang = api.protect(() => new Promise<void>(() => {}), {
        name: "hanging function",
        timeout: "20ms",
      });
      equal((await errorOf(() => hang(), "the timeout")).name, "TimeoutError", "its name");
      equal(api.circuits.get("hanging function")?.snapshot().totals.failed, 1, "failures");
    },
  },
  {
    name: "a name may be a function of the arguments",
    async run(api) {
      const call = api.protect(async (tenant: string) => tenant, { name: (tenant) => `tenant ${tenant}` });
      await call("a");
      await call("b");
      api.circuits.get("tenant a")?.open();
      equal((await errorOf(() => call("a"), "tenant a")).name, "CircuitOpenError", "tenant a");
      equal(await call("b"), "b", "tenant b");
    },
  },
  {
    name: "an async generator that fails midway is a failure after what it gave",
    async run(api) {
      const call = api.protect(
        async function* () {
          yield 1;
          throw new Error("midway");
        },
        { name: "generator that fails", clock: handClock() },
      );
      for (let i = 0; i < 3; i++) {
        const items = call();
        equal((await items.next()).value, 1, "the first item");
        equal((await errorOf(() => items.next(), "the second item")).message, "midway", "the error");
      }
      equal(api.circuits.get("generator that fails")?.state, "open", "after three");
      equal((await errorOf(() => call().next(), "while open")).name, "CircuitOpenError", "the refusal");
    },
  },
  {
    name: "an async generator that runs to its end, or is left early, is no failure and is cleaned up",
    async run(api) {
      let cleaned = 0;
      const call = api.protect(
        async function* (count: number) {
          try {
            for (let i = 0; i < count; i++) yield i;
          } finally {
            cleaned++;
          }
        },
        { name: "generator that is left" },
      );
      equal(await collect(call(3)), [0, 1, 2], "to its end");
      for await (const item of call(3)) if (item === 1) break;
      const { failed, allowed } = api.circuits.get("generator that is left")!.snapshot().totals;
      equal([failed, allowed, cleaned], [0, 2, 2], "failures, calls, clean-ups");
    },
  },
  {
    name: "an async generator whose next item takes too long fails with a TimeoutError",
    async run(api) {
      const call = api.protect(
        async function* () {
          yield 1;
          await new Promise<void>(() => {});
        },
        { name: "generator that hangs", timeout: "20ms" },
      );
      const items = call();
      await items.next();
      equal((await errorOf(() => items.next(), "the second item")).name, "TimeoutError", "its name");
      equal(api.circuits.get("generator that hangs")?.snapshot().totals.failed, 1, "failures");
    },
  },
];
