import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { protectAction } from "../../src/next.ts";
import type { RenderScope } from "../../src/runtime/render-scope.ts";
import { testClock } from "../../src/testing.ts";
import { nextErrors } from "./next-errors.ts";

const render = vi.hoisted(() => ({ scope: undefined as RenderScope | undefined }));
vi.mock("../../src/runtime/render-scope.none.ts", () => ({ renderScope: () => render.scope }));
beforeEach(() => void (render.scope = undefined));
beforeAll(() => void vi.stubEnv("__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS", "true"));
afterAll(() => void vi.unstubAllEnvs());

interface State {
  readonly message: string;
}

let serial = 0;

/** An action of the kind that `useActionState` calls, which fails when the form says so. */
function ordering(
  options: Partial<Parameters<typeof protectAction<[State, FormData], State, State>>[1]> = {},
) {
  const name = `action ${++serial}`;
  const action = vi.fn<(before: State, form: FormData) => Promise<State>>(async (_, form) => {
    if (form.get("broken")) throw new Error("the shop is down");
    return { message: `ordered ${form.get("item") as string}` };
  });
  const order = protectAction(action, { name, clock: testClock(), failureThreshold: 1, ...options });
  return { action, order, name, totals: () => circuits.get(name)!.snapshot().totals };
}

const before: State = { message: "" };

function form(entries: Record<string, string>): FormData {
  const data = new FormData();
  for (const [key, value] of Object.entries(entries)) data.set(key, value);
  return data;
}

const refused = ({ retryAfterSeconds }: { retryAfterSeconds: number }): State => ({
  message: `Please try again in ${retryAfterSeconds} s.`,
});

test("what the action returns is returned, and its arguments reach it", async () => {
  const { order, action } = ordering();
  const data = form({ item: "tea" });
  expect(await order(before, data)).toEqual({ message: "ordered tea" });
  expect(action).toHaveBeenCalledExactlyOnceWith(before, data);
});

test("what the action throws is thrown on, and counts", async () => {
  const { order, totals } = ordering({ refused });
  await expect(order(before, form({ broken: "yes" }))).rejects.toThrow("the shop is down");
  expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
});

test("while the circuit is open the state is returned, not thrown, and the action does not run", async () => {
  const { order, action } = ordering({ refused, resetTimeout: "42s" });
  await order(before, form({ broken: "yes" })).catch(() => {});
  expect(await order(before, form({ item: "tea" }))).toEqual({ message: "Please try again in 42 s." });
  expect(action).toHaveBeenCalledTimes(1);
});

test("the state may depend on what the action was called with", async () => {
  const { order } = ordering({
    refused: (_, { message }, data) => ({ message: `${message}${data.get("item") as string}` }),
  });
  await order(before, form({ broken: "yes" })).catch(() => {});
  expect(await order({ message: "not yet: " }, form({ item: "tea" }))).toEqual({ message: "not yet: tea" });
});

test("without a state to return the refusal is thrown", async () => {
  const { order, name } = ordering();
  await order(before, form({ broken: "yes" })).catch(() => {});
  await expect(order(before, form({}))).rejects.toMatchObject({ name: "CircuitOpenError", circuit: name });
});

test("a refusal by a protected fetch inside becomes the state too, and does not count", async () => {
  circuits.register("upstream of an action", { clock: testClock(), resetTimeout: "7s" }).open();
  const fetch = createProtectedFetch({
    name: "upstream of an action",
    clock: testClock(),
    resetTimeout: "7s",
  });
  const order = protectAction(async () => (await fetch("http://a.test")).text(), {
    name: "action around a fetch",
    failureThreshold: 1,
    refused: ({ retryAfterSeconds }) => retryAfterSeconds,
  });
  expect(await order()).toBe(7);
  expect(await order()).toBe(7);
  expect(circuits.get("action around a fetch")!.snapshot()).toMatchObject({
    state: "closed",
    totals: { failed: 0, ignored: 2 },
  });
});

describe("Next's control flow passes, the same object, and does not count:", () => {
  test.each(nextErrors)("%s", async (_, start) => {
    let made: unknown;
    const name = `action ${++serial}`;
    const action = protectAction(
      async () => {
        try {
          await start();
        } catch (error) {
          made = error;
          throw error;
        }
      },
      { name, failureThreshold: 1, refused: () => "refused" },
    );
    expect(await action().catch((error: unknown) => error)).toBe(made);
    expect(made).toBeInstanceOf(Error);
    expect(circuits.get(name)!.snapshot().totals).toMatchObject({ failed: 0, ignored: 1 });
  });
});

test("a timeout counts and is thrown, not turned into the state", async () => {
  const name = `action ${++serial}`;
  const action = protectAction(() => new Promise<string>(() => {}), {
    name,
    timeout: "20ms",
    refused: () => "refused",
  });
  await expect(action()).rejects.toMatchObject({ name: "TimeoutError" });
  expect(circuits.get(name)!.snapshot().totals).toMatchObject({ failed: 1 });
});

test("enabled false: as if not wrapped", async () => {
  const { order, name } = ordering({ enabled: false, refused });
  for (let call = 0; call < 2; call++) {
    await expect(order(before, form({ broken: "yes" }))).rejects.toThrow("the shop is down");
  }
  expect(circuits.get(name)).toBeUndefined();
});

test("an error that only looks like a refusal is none", async () => {
  const lookalike = Object.assign(new Error("no"), { name: "CircuitOpenError" });
  const action = protectAction(() => Promise.reject(lookalike), { name: `action ${++serial}`, refused });
  await expect(action()).rejects.toBe(lookalike);
});

test.each([
  ["refused", { name: "bad", refused: "a state" }],
  ["name", {}],
  ["failureThreshold", { name: "bad", failureThreshold: 0 }],
])("a bad %s throws when the action is wrapped", (option, options) => {
  expect(() => protectAction(async () => {}, options as never)).toThrow(`option "${option}" must be`);
});
