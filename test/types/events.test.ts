import { expect, expectTypeOf, test } from "vitest";
import {
  type ChangeReason,
  type Circuit,
  type CircuitSnapshot,
  type CircuitState,
  circuits,
  CircuitOpenError,
  isCircuitOpenError,
  type Listener,
  type ProtegoEvent,
  type RefusalReason,
  retryAfterSeconds,
} from "../../src/index.ts";

type Of<Type extends ProtegoEvent["type"]> = Extract<ProtegoEvent, { type: Type }>;

test("events are told apart by their type, and each has its own members", () => {
  expectTypeOf<Of<"call.failed">["failure"]>().toEqualTypeOf<unknown>();
  expectTypeOf<Of<"call.failed">["durationMs"]>().toEqualTypeOf<number>();
  expectTypeOf<Of<"call.refused">["retryAfter"]>().toEqualTypeOf<number>();
  expectTypeOf<Of<"call.refused">["reason"]>().toEqualTypeOf<RefusalReason>();
  expectTypeOf<Of<"circuit.changed">["from"]>().toEqualTypeOf<CircuitState>();
  expectTypeOf<Of<"circuit.changed">["reason"]>().toEqualTypeOf<ChangeReason>();
  expectTypeOf<Of<"call.allowed">>().not.toHaveProperty("durationMs");
  expectTypeOf<Of<"call.succeeded">>().not.toHaveProperty("failure");
  expectTypeOf<ProtegoEvent["circuit"]>().toEqualTypeOf<string>();
});

test("a switch narrows them", () => {
  const words = (event: ProtegoEvent): string => {
    if (event.type === "circuit.changed") return `${event.from} → ${event.to}`;
    // @ts-expect-error: only a change has a from
    return String(event.from);
  };
  const changed = {
    type: "circuit.changed",
    circuit: "x",
    from: "closed",
    to: "open",
    reason: "calls",
  } as const;
  expect(words(changed)).toBe("closed → open");
});

test("events cannot be changed by who hears them", () => {
  const meddling: Listener = (event) => {
    // @ts-expect-error: read-only
    event.circuit = "another";
  };
  expect(meddling).toBeTypeOf("function");
});

test("the registry and its circuits", () => {
  type Registry = typeof circuits;
  expectTypeOf<Registry["get"]>().toEqualTypeOf<(name: string) => Circuit | undefined>();
  expectTypeOf<Registry["list"]>().returns.toEqualTypeOf<Circuit[]>();
  expectTypeOf<Registry["snapshot"]>().returns.toEqualTypeOf<CircuitSnapshot[]>();
  expectTypeOf<Registry["subscribe"]>().toEqualTypeOf<(listener: Listener) => () => void>();
  const made = circuits.register("types circuit");
  expectTypeOf(made.state).toEqualTypeOf<"closed" | "open" | "half-open">();
  // @ts-expect-error: a state is entered by open(), close() and halfOpen()
  expect(() => (made.state = "open")).toThrow(TypeError);
  // @ts-expect-error: a call's options are no policy
  expect(() => made.configure({ timeout: "1s" })).toThrow(/"timeout" is an option of the wrapper/);
});

test("a refusal is recognised, and then has a digest", () => {
  const error: unknown = new CircuitOpenError("types circuit", 7000);
  if (!isCircuitOpenError(error)) throw new Error("not recognised");
  expectTypeOf(error).toEqualTypeOf<Error & { readonly digest: string }>();
  expectTypeOf(retryAfterSeconds).toEqualTypeOf<(error: unknown) => number | undefined>();
  expectTypeOf<CircuitOpenError["code"]>().toEqualTypeOf<"ECIRCUITOPEN">();
  expect(retryAfterSeconds(error)).toBe(7);
});
