import type { PermitByHand, RefusalByHand } from "../../../src/index.ts";
import { equal, errorOf, same } from "./assert.ts";
import type { Api, Check } from "./check.ts";

let serial = 0;

/** A circuit that is asked by hand. */
function byHand(api: Api) {
  const name = `by hand ${++serial}`;
  const clock = api.testClock();
  api.circuits.register(name, { clock, failureThreshold: 2, halfOpenRetries: 1, resetTimeout: "10s" });
  return {
    clock,
    circuit: () => api.circuits.get(name)!,
    totals: () => api.circuits.get(name)!.snapshot().totals,
    permit: async (): Promise<PermitByHand> => {
      const call = await api.circuits.admit(name);
      if (!call.admitted) throw call.error;
      return call;
    },
    refusal: async (): Promise<RefusalByHand> => {
      const call = await api.circuits.admit(name);
      if (call.admitted) throw new Error("it was admitted");
      return call;
    },
  };
}

export const permits: Check[] = [
  ...(["succeeded", "failed", "ignored"] as const).map((word): Check => {
    return {
      name: `a permit by hand that says ${word} counts so, once`,
      async run(api) {
        const { permit, totals, circuit } = byHand(api);
        const call = await permit();
        equal(circuit().snapshot().inFlight, 1, "while it is out");
        call[word]();
        call.failed();
        const { succeeded, failed, ignored } = totals();
        equal({ succeeded, failed, ignored, [word]: 1 }, { succeeded, failed, ignored }, "what counted");
        equal(succeeded + failed + ignored, 1, "how often");
        equal(circuit().snapshot().inFlight, 0, "afterwards");
      },
    };
  }),
  {
    name: "asked by hand, an open circuit says how long, and gives the error",
    async run(api) {
      const { permit, refusal, clock } = byHand(api);
      for (let i = 0; i < 2; i++) (await permit()).failed(new RangeError("too far"));
      clock.advance("4s");
      const { retryAfter, error } = await refusal();
      equal([retryAfter, error.name], [6000, "CircuitOpenError"], "the refusal");
    },
  },
  {
    name: "a trial by hand closes the circuit, and there is no second one meanwhile",
    async run(api) {
      const { permit, refusal, clock, circuit } = byHand(api);
      for (let i = 0; i < 2; i++) (await permit()).failed();
      clock.advance("10s");
      const trial = await permit();
      await refusal();
      trial.succeeded();
      equal(circuit().state, "closed", "after the trial");
    },
  },
  {
    name: "asking by hand without a name is refused with a word",
    async run(api) {
      equal((await errorOf(() => api.circuits.admit(""), "no name")).name, "TypeError", "the error");
    },
  },
  {
    name: "a decorated method keeps its this, and has a circuit",
    async run(api) {
      class Shop {
        readonly rate = 2;
      }
      function price(this: Shop, amount: number): Promise<number> {
        return Promise.resolve(amount * this.rate);
      }
      const decorate = api.circuit({ name: "decorated" }) as unknown as (
        method: typeof price,
        context: { kind: "method"; name: string },
      ) => typeof price;
      const decorated = decorate(price, { kind: "method", name: "price" });
      equal(await decorated.call(new Shop(), 21), 42, "the answer");
      equal(api.circuits.get("decorated")?.snapshot().totals.succeeded, 1, "what counted");
    },
  },
  {
    name: "an abortable function's signal aborts at the timeout",
    async run(api) {
      let given: AbortSignal | undefined;
      const call = api.protect(
        api.abortable((signal: AbortSignal, _words: string) => {
          given = signal;
          return new Promise<string>(() => {});
        }),
        { name: "abortable", timeout: "20ms" },
      );
      equal((await errorOf(() => call("shoes"), "the timeout")).name, "TimeoutError", "the error");
      equal([given!.aborted, (given!.reason as Error).name], [true, "TimeoutError"], "the signal");
    },
  },
  {
    name: "an abortable function's signal follows its caller's, which counts for nothing",
    async run(api) {
      const call = api.protect(
        api.abortable(
          (signal: AbortSignal, _options: { signal: AbortSignal }) =>
            new Promise<string>((_, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason as Error));
            }),
        ),
        { name: "abortable by its caller" },
      );
      const controller = new AbortController();
      const reason = new Error("the visitor left");
      const failing = errorOf(() => call({ signal: controller.signal }), "the abort");
      controller.abort(reason);
      same(await failing, reason, "the reason");
      const { ignored, failed } = api.circuits.get("abortable by its caller")!.snapshot().totals;
      equal([ignored, failed], [1, 0], "what counted");
    },
  },
  {
    name: "a fallback answers refusals, another one failures",
    async run(api) {
      const call = api.protect(
        (fails: boolean) => (fails ? Promise.reject(new Error("down")) : Promise.resolve("fine")),
        {
          name: "with fallbacks",
          failureThreshold: 1,
          fallback: () => "instead of a refusal",
          fallbackOnFailure: () => "instead of a failure",
        },
      );
      equal(await call(false), "fine", "a success");
      equal(await call(true), "instead of a failure", "a failure");
      equal(await call(false), "instead of a refusal", "a refusal");
      equal(api.circuits.get("with fallbacks")?.snapshot().totals.failed, 1, "what counted");
    },
  },
  {
    name: "a refusal is found inside what an SDK made of it",
    async run(api) {
      api.circuits.register("wrapped by an SDK").open();
      const call = api.protect(() => Promise.resolve(1), { name: "wrapped by an SDK" });
      const refusal = await errorOf(() => call(), "the refusal");
      const wrapped = new Error("Connection error.", { cause: new AggregateError([refusal], "all failed") });
      same(api.findCircuitOpenError(wrapped), refusal, "what was found");
      equal([api.isCircuitOpenError(wrapped), api.isCircuitOpenError(refusal)], [false, true], "at the top");
      equal(api.retryAfterSeconds(refusal), 60, "in seconds");
    },
  },
];
