import { beforeEach, expect, test } from "vitest";
import { circuit, circuits } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);

const context = { kind: "method", name: "charge" } as ClassMethodDecoratorContext<object>;
const method = function (this: { currency: string }, cents: number): Promise<string> {
  return Promise.resolve(`${cents} ${this.currency}`);
};

test("a decorated method keeps its object, and its circuit has its name", async () => {
  const decorated = circuit()(method as never, context as never) as typeof method;
  expect(await decorated.call({ currency: "EUR" }, 7)).toBe("7 EUR");
  expect(circuits.list().map(({ name }) => name)).toEqual(["charge"]);
});

test("a name of its own comes first", async () => {
  const decorated = circuit({ name: "billing" })(method as never, context as never) as typeof method;
  await decorated.call({ currency: "EUR" }, 7);
  expect(circuits.list().map(({ name }) => name)).toEqual(["billing"]);
});

test.each([["field"], ["class"], [undefined]])("on a %s it is refused with words", (kind) => {
  const decorate = (): unknown => circuit()(method as never, { ...context, kind } as never);
  expect(decorate).toThrow('option "decorator" must be used on a method');
});
