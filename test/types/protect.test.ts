import { describe, expect, expectTypeOf, test } from "vitest";
import { circuit, protect } from "../../src/index.ts";
import { protectAction } from "../../src/next.ts";

interface Receipt {
  readonly cents: number;
}

async function charge(cents: number, currency: "EUR" | "USD" = "EUR"): Promise<Receipt> {
  return { cents: currency === "EUR" ? cents : cents * 2 };
}

test("parameters and result stay, optional and rest parameters included", async () => {
  const protectedCharge = protect(charge, { name: "types charge" });
  expectTypeOf(protectedCharge).toEqualTypeOf<typeof charge>();
  expect(await protectedCharge(5)).toEqual({ cents: 5 });
  const rest = protect(async (first: string, ...others: number[]) => [first, others.length] as const, {
    name: "types rest",
  });
  expectTypeOf(rest).parameters.toEqualTypeOf<[first: string, ...others: number[]]>();
  expectTypeOf(rest).returns.resolves.toEqualTypeOf<readonly [string, number]>();
  // @ts-expect-error: text is no amount
  await protectedCharge("5");
  // @ts-expect-error: an argument is missing
  await protectedCharge();
});

test("a naming function that looks at fewer arguments takes none away", async () => {
  const protectedCharge = protect(charge, { name: (cents) => `types ${cents}` });
  expectTypeOf(protectedCharge).toEqualTypeOf<typeof charge>();
  expect(await protectedCharge(5, "USD")).toEqual({ cents: 10 });
  const order = protectAction(charge, {
    name: "types action",
    refused: (_, cents) => `${cents} later`,
  });
  expectTypeOf(order).parameters.toEqualTypeOf<Parameters<typeof charge>>();
  expectTypeOf(order).returns.resolves.toEqualTypeOf<Receipt | string>();
});

test("a function that is not async, or answers a thenable, is awaited", async () => {
  const sync = protect((a: number) => a + 1, { name: "types sync" });
  expectTypeOf(sync).toEqualTypeOf<(a: number) => Promise<number>>();
  const builder = (): PromiseLike<string> => Promise.resolve("rows");
  const thenable = protect(builder, { name: "types thenable" });
  expectTypeOf(thenable).returns.toEqualTypeOf<Promise<string>>();
  expect([await sync(1), await thenable()]).toEqual([2, "rows"]);
});

test("an async generator stays one: what it yields, returns and is sent", async () => {
  async function* countTo(end: number): AsyncGenerator<number, string, boolean | undefined> {
    for (let item = 1; item <= end; item++) if (yield item) break;
    return "done";
  }
  const protectedCount = protect(countTo, { name: "types generator" });
  expectTypeOf(protectedCount).toEqualTypeOf<typeof countTo>();
  const items: number[] = [];
  for await (const item of protectedCount(3)) {
    expectTypeOf(item).toEqualTypeOf<number>();
    items.push(item);
  }
  expect(items).toEqual([1, 2, 3]);
});

test("of overloads the last stays, as with every wrapper", async () => {
  function find(id: number): Promise<Receipt>;
  function find(query: string): Promise<Receipt[]>;
  async function find(what: number | string): Promise<Receipt | Receipt[]> {
    return typeof what === "number" ? { cents: what } : [];
  }
  const protectedFind = protect(find, { name: "types overloads" });
  expectTypeOf(protectedFind).toEqualTypeOf<(query: string) => Promise<Receipt[]>>();
  // @ts-expect-error: the first overload is lost
  expect(await protectedFind(7)).toEqual({ cents: 7 });
});

test("a generic function stays generic", async () => {
  const same = protect(async <Value>(value: Value): Promise<Value> => value, {
    name: "types generic",
  });
  expectTypeOf(await same("text" as const)).toEqualTypeOf<"text">();
  expectTypeOf(await same(7 as number)).toEqualTypeOf<number>();
});

describe("options of protect", () => {
  test("a naming function sees the arguments", async () => {
    const protectedCharge = protect(charge, {
      name: (cents, currency) => {
        expectTypeOf(cents).toEqualTypeOf<number>();
        expectTypeOf(currency).toEqualTypeOf<"EUR" | "USD" | undefined>();
        return `types ${currency ?? "EUR"}`;
      },
    });
    expect(await protectedCharge(1, "USD")).toEqual({ cents: 2 });
  });

  test("isFailure is asked about the result", () => {
    protect(charge, {
      name: "types outcome",
      isFailure: ({ value }, byDefault) => {
        expectTypeOf(value).toEqualTypeOf<Receipt | undefined>();
        return value ? value.cents === 0 : byDefault;
      },
    });
  });

  test("a name is needed", () => {
    // @ts-expect-error: no options
    expect(() => protect(charge)).toThrow(TypeError);
    // @ts-expect-error: no name
    expect(() => protect(charge, {})).toThrow('option "name"');
    // @ts-expect-error: a name is a string
    expect(() => protect(charge, { name: 7 })).toThrow('option "name"');
  });
});

describe("the decorator", () => {
  class Billing {
    async charge(cents: number): Promise<Receipt> {
      return { cents };
    }
    total(): number {
      return 7;
    }
  }
  type Context = ClassMethodDecoratorContext<Billing, Billing["charge"]>;
  const { charge: method, total } = Billing.prototype as unknown as Record<"charge" | "total", never>;

  test("keeps the method's own type, and needs no options", () => {
    expectTypeOf(circuit).toBeCallableWith({ name: "billing", timeout: "5s" });
    expectTypeOf(circuit).toBeCallableWith();
    const decorate = circuit<Billing, [cents: number], Receipt>({ name: "types billing" });
    const after = decorate(method, { kind: "method", name: "charge" } as Context);
    expectTypeOf(after).toEqualTypeOf<(this: Billing, cents: number) => Promise<Receipt>>();
    expect(after).toBeTypeOf("function");
  });

  test("is for async methods only", () => {
    const decorate = circuit<Billing, [], number>({ name: "types total" });
    expectTypeOf<() => number>().not.toExtend<Parameters<typeof decorate>[0]>();
    expectTypeOf<() => Promise<number>>().toExtend<Parameters<typeof decorate>[0]>();
    expect(() => decorate(total, { kind: "getter", name: "total" } as never)).toThrow(TypeError);
  });
});

describe("protectAction", () => {
  test("returns the action's result or the refused state", () => {
    const order = protectAction(charge, {
      name: "types action",
      refused: ({ retryAfterSeconds }) => {
        expectTypeOf(retryAfterSeconds).toEqualTypeOf<number>();
        return { message: "later" };
      },
    });
    expectTypeOf(order).parameters.toEqualTypeOf<Parameters<typeof charge>>();
    expectTypeOf(order).returns.resolves.toEqualTypeOf<Receipt | { message: string }>();
  });

  test("without a refused state returns just the result", () => {
    const order = protectAction(charge, { name: "types action" });
    expectTypeOf(order).returns.resolves.toEqualTypeOf<Receipt>();
    // @ts-expect-error: an action has a refused state, no fallback
    protectAction(charge, { name: "types action", fallback: () => ({ cents: 0 }) });
  });
});
