import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { circuits, type ProtegoEvent } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";
import { anyScripts, HostileApp, maxConcurrent, type Wrapper, wrappers } from "./hostile-app.ts";

const { setImmediate: realImmediate } = globalThis;

/** A turn of the event loop: a rejection that nobody handles is known after it. */
function turn(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await turn();
}

const anyStep = fc.record({
  calls: fc.integer({ min: 0, max: 3 }),
  leaves: fc.boolean(),
  passMs: fc.constantFrom(0, 10, 1000, 6000),
});

/** Whatever the functions do, afterwards the app is as sound as its upstream. */
export function holdsWhateverFunctionsDo(numRuns: number): void {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, "warn").mockImplementation(() => {});
    process.on("unhandledRejection", note);
  });
  afterEach(() => {
    process.off("unhandledRejection", note);
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test.each(wrappers)(
    "whatever functions of the user's do around a call of %s, it heals",
    async (wrapper) => {
      const property = fc.asyncProperty(
        anyScripts,
        fc.array(anyStep, { maxLength: 6 }),
        async (scripts, steps) => {
          resetCircuits();
          unhandled.length = 0;
          const app = new HostileApp(wrapper, scripts);
          for (const { calls, leaves, passMs } of steps) {
            for (let call = 0; call < calls; call++) {
              const signal = leaves ? AbortSignal.abort() : undefined;
              void app.call(signal);
            }
            // oxlint-disable-next-line no-await-in-loop
            await pass(passMs);
          }
          // Timeouts, the bound of a verdict of one's own, leases: all are over by now.
          await pass(30_000);
          app.healed = true;
          await heal(app, wrapper);
          expect(unhandled).toEqual([]);
        },
      );
      await fc.assert(property, { numRuns });
    },
  );
}

async function heal(app: HostileApp, wrapper: Wrapper): Promise<void> {
  await app.call(); // makes the circuit where there is none
  for (const circuit of circuits.list()) {
    app.circuit = circuit.name;
    // What a function held by command stays held; an operator takes that away.
    if (circuit.snapshot().forced) circuit.close();
    for (let round = 0; round < 6; round++) {
      // oxlint-disable-next-line no-await-in-loop
      await pass(6000);
      // oxlint-disable-next-line no-await-in-loop
      await settled(app.call());
    }
    const isNamed = typeof app.options["name"] === "function" || circuit.name === "own";
    expect(circuit.snapshot()).toMatchObject({ inFlight: 0, ...(isNamed && { state: "closed" }) });
    if (isNamed) {
      // oxlint-disable-next-line no-await-in-loop
      await hears(app, circuit.name);
      // oxlint-disable-next-line no-await-in-loop
      if (!wrapper.includes("generator")) await hasAllPlaces(app, circuit.name);
    }
  }
}

/** A call that is not over after this long hangs. */
async function settled(call: Promise<unknown>): Promise<unknown> {
  const hangs = Symbol("a call on a sound upstream hangs");
  const late = new Promise((resolve) => setTimeout(() => resolve(hangs), 100));
  const outcome = Promise.race([call, late]);
  await pass(100);
  expect(await outcome).not.toBe(hangs);
  return outcome;
}

async function hears(app: HostileApp, circuit: string): Promise<void> {
  const heard: string[] = [];
  const listen = (event: ProtegoEvent): void => {
    if (event.circuit === circuit) heard.push(event.type);
  };
  const ends = [circuits.subscribe(listen), circuits.get(circuit)!.subscribe(listen)];
  await settled(app.call());
  for (const end of ends) end();
  expect(heard.toSorted()).toEqual(["call.allowed", "call.allowed", "call.succeeded", "call.succeeded"]);
}

async function hasAllPlaces(app: HostileApp, name: string): Promise<void> {
  const circuit = circuits.get(name)!;
  let open!: () => void;
  app.gate = new Promise((resolve) => (open = resolve));
  const calls = Array.from({ length: maxConcurrent }, () => app.call());
  await turn();
  expect(circuit.snapshot().inFlight).toBe(maxConcurrent);
  await settled(app.call()); // full
  open();
  app.gate = undefined;
  await settled(Promise.all(calls));
  expect(circuit.snapshot()).toMatchObject({ inFlight: 0, state: "closed" });
}
