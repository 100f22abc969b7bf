import { describe, expect, test } from "vitest";
import { CircuitOpenError, isCircuitOpenError, retryAfterSeconds } from "../../src/errors.ts";

test("a refusal says which circuit, why, how long, and what it was caused by", () => {
  const cause = new Error("down");
  const error = new CircuitOpenError("billing", 41_001, cause, "half-open");
  expect(error.message).toBe('[circuit-open] "billing" refused a call: half-open. Retry in 42 s.');
  expect(Object.fromEntries(Object.entries(error))).toEqual({
    name: "CircuitOpenError",
    code: "ECIRCUITOPEN",
    circuit: "billing",
    retryAfter: 41_001,
    reason: "half-open",
    digest: "PROTEGO_CIRCUIT_OPEN;billing;42",
  });
  expect(error.cause).toBe(cause);
  expect(new CircuitOpenError("billing", 0).reason).toBe("open");
});

test.each([
  ["https://api.example.com:8443", "https://api.example.com:8443"],
  ["größe; drop\n\u{1f680}", "gr??e? drop???"],
])("the digest of %j can stand in a header and be read back", (circuit, inDigest) => {
  const { digest } = new CircuitOpenError(circuit, 1000);
  expect(digest).toBe(`PROTEGO_CIRCUIT_OPEN;${inDigest};1`);
  expect(retryAfterSeconds({ digest })).toBe(1);
});

describe("what is a refusal, and how long it says to wait", () => {
  test.each<[unknown, number | undefined]>([
    [new CircuitOpenError("a", 7000), 7],
    [{ digest: "PROTEGO_CIRCUIT_OPEN;a;60" }, 60],
    [Object.assign(new Error("An error occurred"), { digest: "PROTEGO_CIRCUIT_OPEN;a b;9" }), 9],
    [{ digest: "NEXT_REDIRECT;replace;/;307;" }, undefined],
    [{ digest: 42 }, undefined],
    [new Error("PROTEGO_CIRCUIT_OPEN;a;60"), undefined],
    ["PROTEGO_CIRCUIT_OPEN;a;60", undefined],
    [null, undefined],
    [undefined, undefined],
  ])("%j: %s", (error, seconds) => {
    expect(isCircuitOpenError(error)).toBe(seconds !== undefined);
    expect(retryAfterSeconds(error)).toBe(seconds);
  });
});
