import { beforeEach, describe, expect, test, vi } from "vitest";
import { abortable, circuit, circuits, isCircuitOpenError, type Outcome, protect } from "../../src/index.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);

const totals = (name = "upstream") => circuits.get(name)!.snapshot().totals;

describe("a protected function", () => {
  test("is called with the arguments, and answers what it answers", async () => {
    const add = protect((a: number, b: number) => Promise.resolve(a + b), { name: "upstream" });
    expect(await add(2, 3)).toBe(5);
    expect(totals()).toMatchObject({ allowed: 1, succeeded: 1 });
  });

  test("is called by the language itself: a stub's methods are the other side's, also `apply` and `call`", async () => {
    // As a service binding of Workers has it, a Durable Object, or Comlink: any name is a method far away.
    const stub = new Proxy((a: number, b: number) => Promise.resolve(a * b), {
      get: (_target, name) => {
        if (typeof name === "symbol") return undefined;
        return () => Promise.reject(new TypeError(`no method ${name}`));
      },
    });
    expect(await protect(stub, { name: "upstream" })(3, 4)).toBe(12);
    const times = protect(abortable(stub as unknown as (signal: AbortSignal) => Promise<number>), {
      name: "upstream",
    });
    expect(await times()).toBeNaN();
    expect(totals()).toMatchObject({ allowed: 2, succeeded: 2 });
  });

  test("where no timer can be had, as in a Worker's global scope, leaves no rejection that nobody handles", async () => {
    vi.stubGlobal("WebSocketPair", class {}); // there every call sets its own
    const protectedWork = protect(() => Promise.reject(new Error("own")), { name: "upstream", timeout: 50 });
    vi.stubGlobal("setTimeout", () => {
      throw new Error("Disallowed operation called within global scope.");
    });
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on("unhandledRejection", unhandled);
    try {
      await expect(protectedWork()).rejects.toThrow("Disallowed operation");
      await new Promise(setImmediate);
      expect(unhandled).not.toHaveBeenCalled();
      expect(circuits.get("upstream")!.snapshot().inFlight).toBe(0);
    } finally {
      process.off("unhandledRejection", unhandled);
      vi.unstubAllGlobals();
    }
  });

  test("throws what it throws, the same object, thrown at once or later", async () => {
    const error = { not: "even an Error" };
    const atOnce = protect(
      () => {
        throw error;
      },
      { name: "upstream" },
    );
    const later = protect(() => Promise.reject(error as never), { name: "upstream" });
    await expect(atOnce()).rejects.toBe(error);
    await expect(later()).rejects.toBe(error);
    expect(totals()).toMatchObject({ failed: 2 });
  });

  test("shares its circuit with every function of the same name", async () => {
    const fails = protect(() => Promise.reject(new Error("down")), { name: "upstream" });
    const works = protect(() => Promise.resolve(1), { name: "upstream" });
    for (let i = 0; i < 3; i++) await fails().catch(() => {});
    await expect(works()).rejects.toSatisfy(isCircuitOpenError);
  });

  test("is named by its arguments, one circuit for each", async () => {
    const load = protect(
      (tenant: string) => (tenant === "bad" ? Promise.reject(new Error("down")) : Promise.resolve(1)),
      { name: (tenant) => `tenant ${tenant}`, failureThreshold: 1 },
    );
    await load("bad").catch(() => {});
    expect(await load("good")).toBe(1);
    expect(circuits.get("tenant bad")!.state).toBe("open");
    expect(circuits.get("tenant good")!.state).toBe("closed");
  });
});

describe("what counts", () => {
  class Declined extends Error {}
  test.each([
    ["a class", [Declined]],
    ["a predicate", [(error: unknown) => error instanceof Declined]],
    ["one of several", [RangeError, () => false, Declined]],
  ])("ignoreErrors: %s does not", async (_what, ignoreErrors) => {
    const run = protect(() => Promise.reject(new Declined()), { name: "upstream", ignoreErrors });
    for (let i = 0; i < 5; i++) await run().catch(() => {});
    expect(totals()).toMatchObject({ failed: 0, ignored: 5 });
  });

  test("a predicate that throws matches nothing", async () => {
    const ignoreErrors = [() => JSON.parse("{") as boolean];
    const run = protect(() => Promise.reject(new Declined()), { name: "upstream", ignoreErrors });
    await run().catch(() => {});
    expect(totals()).toMatchObject({ failed: 1 });
  });

  test("isFailure decides, over values too, now or later", async () => {
    const isFailure = vi.fn<(outcome: Outcome<number>) => boolean | Promise<boolean>>();
    const run = protect((value: number) => Promise.resolve(value), { name: "upstream", isFailure });
    isFailure.mockReturnValueOnce(true).mockReturnValueOnce(Promise.resolve(true)).mockReturnValue(false);
    for (const value of [1, 2, 3]) await run(value);
    await new Promise((resolve) => setImmediate(resolve));
    expect(totals()).toMatchObject({ failed: 2, succeeded: 1 });
    expect(isFailure.mock.calls.map(([outcome]) => outcome.value)).toEqual([1, 2, 3]);
  });

  test("a refusal of another circuit inside does not", async () => {
    circuits.register("inner").open();
    const inner = protect(() => Promise.resolve(), { name: "inner" });
    const outer = protect(() => inner(), { name: "upstream" });
    await expect(outer()).rejects.toSatisfy(isCircuitOpenError);
    expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
  });
});

describe("while open", () => {
  const open = (options: object) => {
    circuits.register("upstream").open();
    return protect((...given: [number]) => Promise.resolve(given.length > 0 && "real"), {
      name: "upstream",
      ...options,
    });
  };

  test.each([
    ["a value", "instead", "instead"],
    ["null", null, null],
    [
      "a function",
      ({ args }: { args: readonly unknown[] }) => `instead of ${String(args[0])}`,
      "instead of 7",
    ],
    ["a function that answers later", () => Promise.resolve("late"), "late"],
  ])("%s answers as fallback", async (_what, fallback, expected) => {
    expect(await open({ fallback })(7)).toBe(expected);
  });

  test("a fallback that fails rejects with its own error", async () => {
    const error = new Error("of the fallback");
    await expect(open({ fallback: () => Promise.reject(error) })(7)).rejects.toBe(error);
  });

  test.each([[false], [() => false]])("enabled: %s goes past it and counts nothing", async (enabled) => {
    expect(await open({ enabled })(7)).toBe("real");
    expect(totals()).toMatchObject({ allowed: 0, refused: 0 });
  });

  test("observe counts the refusal and calls all the same", async () => {
    expect(await open({ enabled: "observe" })(7)).toBe("real");
    expect(totals()).toMatchObject({ refused: 0, observed: 1, succeeded: 1 });
  });

  test("an enabled that throws protects", async () => {
    await expect(open({ enabled: () => JSON.parse("{") as boolean })(7)).rejects.toSatisfy(
      isCircuitOpenError,
    );
  });
});

test("a timeout rejects with a TimeoutError and counts, once", async () => {
  const run = protect(() => new Promise(() => {}), { name: "upstream", timeout: 10 });
  await expect(run()).rejects.toMatchObject({ name: "TimeoutError", message: /upstream.*10 ms/ });
  expect(totals()).toMatchObject({ failed: 1, succeeded: 0 });
});

test("maxConcurrent refuses at once what is too much", async () => {
  const run = protect(() => new Promise(() => {}), { name: "upstream", maxConcurrent: 2 });
  void run();
  void run();
  await expect(run()).rejects.toMatchObject({ reason: "full" });
  expect(circuits.get("upstream")!.state).toBe("closed");
});

describe("an async generator", () => {
  async function* numbers(upTo: number, failAt = Infinity) {
    for (let i = 1; i <= upTo; i++) {
      if (i === failAt) throw new Error("in the middle");
      yield await Promise.resolve(i);
    }
    return "end";
  }
  const stream = (options: object = {}) =>
    protect(numbers, { name: "upstream", failureThreshold: 1, ...options });
  const read = async (items: AsyncIterable<number>): Promise<number[]> => {
    const seen: number[] = [];
    for await (const item of items) seen.push(item);
    return seen;
  };

  test("read to its end is a success", async () => {
    expect(await read(stream()(3))).toEqual([1, 2, 3]);
    expect(totals()).toMatchObject({ succeeded: 1 });
  });

  test("that fails midway is a failure, after what came before", async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of stream()(5, 3)) seen.push(item);
    })();
    await expect(reading).rejects.toThrow("in the middle");
    expect(seen).toEqual([1, 2]);
    expect(circuits.get("upstream")!.state).toBe("open");
  });

  test("that its consumer leaves early is no failure, and is told to end", async () => {
    let ended = false;
    const run = protect(
      async function* () {
        try {
          for (;;) yield await Promise.resolve(1);
        } finally {
          ended = true;
        }
      },
      { name: "upstream" },
    );
    for await (const _ of run()) break;
    expect(ended).toBe(true);
    expect(totals()).toMatchObject({ failed: 0, succeeded: 1 });
  });

  test("that nobody reads calls nothing and holds nothing", () => {
    const start = vi.fn<() => void>();
    const run = protect(
      async function* () {
        start();
        yield await Promise.resolve(1);
      },
      { name: "upstream" },
    );
    run();
    expect(start).not.toHaveBeenCalled();
    expect(circuits.get("upstream")).toBeUndefined();
  });

  test("takes values, and gives back what it returns", async () => {
    const echo = protect(
      async function* (): AsyncGenerator<string, string, string> {
        const got = yield await Promise.resolve("first");
        return `got ${got}`;
      },
      { name: "upstream" },
    );
    const generator = echo();
    expect(await generator.next("ignored")).toEqual({ done: false, value: "first" });
    expect(await generator.next("this")).toEqual({ done: true, value: "got this" });
  });

  test("is refused at the first item while open, or gives the fallback's items", async () => {
    circuits.register("upstream").open();
    await expect(read(stream()(3))).rejects.toSatisfy(isCircuitOpenError);
    expect(await read(stream({ fallback: () => numbers(2) })(3))).toEqual([1, 2]);
  });

  test("whose next item takes too long fails", async () => {
    const run = protect(
      async function* () {
        yield 1;
        await new Promise(() => {});
      },
      { name: "upstream", timeout: 20, failureThreshold: 1 },
    );
    await expect(read(run() as AsyncIterable<number>)).rejects.toMatchObject({ name: "TimeoutError" });
    expect(circuits.get("upstream")!.state).toBe("open");
  });

  test("gives a trial's place back however it ends", async () => {
    const clock = testClock();
    const options = { clock, halfOpenRetries: 1, resetTimeout: "1s" };
    for (const end of ["read", "left"] as const) {
      circuits.get("upstream")?.reset();
      await read(stream(options)(3, 1)).catch(() => {});
      clock.advance("1s");
      for await (const _ of stream(options)(3)) if (end === "left") break;
      expect(circuits.get("upstream")!.state).toBe("closed");
    }
  });
});

test("the decorator protects a method, with its `this`", async () => {
  class Shop {
    #fee = 2;
    charge(cents: number): Promise<number> {
      return Promise.resolve(cents + this.#fee);
    }
  }
  const context = { kind: "method", name: "charge" } as ClassMethodDecoratorContext<Shop>;
  // As `@circuit({ name: "billing" })` before the method would be compiled.
  const { charge } = Shop.prototype as unknown as { charge: never };
  const decorated = circuit({ name: "billing" })(charge, context as never) as (
    this: Shop,
    cents: number,
  ) => Promise<number>;
  expect(await decorated.call(new Shop(), 5)).toBe(7);
  expect(totals("billing")).toMatchObject({ succeeded: 1 });
});
