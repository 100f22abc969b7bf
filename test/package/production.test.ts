import { expect, test } from "vitest";
import type * as protego from "../../src/index.ts";
import { bundled } from "./bundled.ts";

/** The main entry as a bundler makes it for production, and for development. */
async function builtFor(environment: "production" | "development"): Promise<typeof protego> {
  const { code } = await bundled('export * from "next-protego"', ["node", "module"], environment);
  return import(`data:text/javascript,${encodeURIComponent(code)}`) as Promise<typeof protego>;
}

const [inProduction, inDevelopment] = [await builtFor("production"), await builtFor("development")];

test.each([
  [{ timeout: -1 }, RangeError, '"timeout" must be a timeout; got -1', "a duration such as"],
  [
    { failureThreshold: "3" },
    TypeError,
    '"failureThreshold" must be 1 or more; got "3"',
    "a whole number of",
  ],
  [{ isFailure: true }, TypeError, '"isFailure" must be a function; got true', "a function"],
  [
    { resetBackoff: async () => 1 },
    TypeError,
    '"resetBackoff" must be no promise; got a value of',
    "not an async one",
  ],
  [{ opensOn: {} }, TypeError, '"opensOn" must be a rule; got a value of', "or anyOf"],
  [{ store: {} }, TypeError, '"store" must be a store; got a value of', "upstashStore()"],
  [{ treshold: 3 }, TypeError, 'there is no option "treshold"', "there is no option"],
  [
    { failureTreshold: 3 },
    TypeError,
    'there is no option "failureTreshold"',
    'did you mean "failureThreshold"',
  ],
])("%o is refused in production with few words, in development with more", (options, kind, few, more) => {
  const refusal = (protego: typeof inProduction): Error => {
    try {
      protego.createProtectedFetch(options as never);
    } catch (error) {
      return error as Error;
    }
    throw new Error("it was not refused");
  };
  expect(refusal(inProduction)).toBeInstanceOf(kind);
  expect(refusal(inProduction).message).toContain(few);
  expect(refusal(inDevelopment)).toBeInstanceOf(kind);
  expect(refusal(inDevelopment).message).toContain(more);
});

test("production and development count, refuse and answer alike", async () => {
  for (const { createProtectedFetch, circuits, isCircuitOpenError } of [inProduction, inDevelopment]) {
    circuits.dispose("https://down.test");
    let calls = 0;
    const down = async (): Promise<Response> => new Response(null, { status: 500 + calls++ });
    const fetch = createProtectedFetch({ fetch: down, failureThreshold: 2, quiet: true });
    expect((await fetch("https://down.test/a")).status).toBe(500);
    expect((await fetch("https://down.test/b")).status).toBe(501);
    const refusal: unknown = await fetch("https://down.test/c").catch((error: unknown) => error);
    expect(isCircuitOpenError(refusal)).toBe(true);
    expect(calls).toBe(2);
  }
});
