import { inspect } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { CircuitOpenError, protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";
import { hostileValues } from "./any-behaviour.ts";

beforeEach(resetCircuits);

async function refusalAfter(failure: unknown, name = "billing"): Promise<CircuitOpenError> {
  const run = protect(() => Promise.reject(failure as Error), { name, failureThreshold: 1 });
  await run().catch(() => {});
  return run().catch((error: unknown) => error) as Promise<CircuitOpenError>;
}

describe("the cause of a refusal", () => {
  test("has name and message of the failure, and nothing of the user whose call it was", async () => {
    class PaymentError extends Error {
      override readonly name = "PaymentError";
      readonly request = { headers: { authorization: "Bearer of-another-user" } };
    }
    const failure = new PaymentError("the bank is down", { cause: { card: "4242-of-another-user" } });
    const error = await refusalAfter(failure);
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error.cause).toMatchObject({ name: "PaymentError", message: "the bank is down" });
    expect(error.cause).not.toBe(failure);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("of-another-user");
  });

  test.each(Object.keys(hostileValues).filter((what) => what !== "undefined"))(
    "of %s is in words",
    async (what) => {
      const { cause } = await refusalAfter(hostileValues[what]!());
      expect(cause).toBeInstanceOf(Error);
      expect(typeof (cause as Error).message).toBe("string");
    },
  );
});

test.each([
  ["billing", /^PROTEGO_CIRCUIT_OPEN;billing;60$/],
  ["https://billing.internal.test:8443", /^PROTEGO_CIRCUIT_OPEN;[\d.]+;60$/],
  ["http://10.0.0.7", /^PROTEGO_CIRCUIT_OPEN;[\d.]+;60$/],
  ["GET https://billing.internal.test/v1?key=secret", /^PROTEGO_CIRCUIT_OPEN;[\d.]+;60$/],
  ["tenant 7 at postgres+tls://user:secret@db", /^PROTEGO_CIRCUIT_OPEN;[\d.]+;60$/],
])("the digest of a circuit named %s tells a browser no address", async (name, digest) => {
  const error = await refusalAfter(new Error("down"), name);
  expect(error.digest).toMatch(digest);
  expect(error.circuit).toBe(name);
});

test("where the depth of stacks cannot be changed, calls are refused all the same", async () => {
  const found = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")!;
  Object.defineProperty(Error, "stackTraceLimit", { ...found, writable: false });
  try {
    expect(await refusalAfter(new Error("down"))).toBeInstanceOf(CircuitOpenError);
  } finally {
    Object.defineProperty(Error, "stackTraceLimit", found);
  }
});

test("two origins have two digests", async () => {
  const [one, other] = [await refusalAfter(1, "https://a.test"), await refusalAfter(1, "https://b.test")];
  expect(one.digest).not.toBe(other.digest);
});
