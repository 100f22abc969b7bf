import { equal, errorOf } from "./assert.ts";
import type { Api, Check } from "./check.ts";

let serial = 0;

function words(api: Api, make: (...args: unknown[]) => AsyncIterable<string>, options: object = {}) {
  const name = `words ${++serial}`;
  const clock = api.testClock();
  const call = api.protect(make as (...args: unknown[]) => AsyncGenerator<string>, {
    name,
    clock,
    ...options,
  });
  return { call, clock, snapshot: () => api.circuits.get(name)!.snapshot() };
}

async function textOf(items: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const item of items) text += item;
  return text;
}

async function* said(...given: unknown[]): AsyncGenerator<string> {
  for (const word of given) yield String(word);
}

export const generators: Check[] = [
  {
    name: "a protected generator gives what it was given, and counts once, at its end",
    async run(api) {
      const { call, snapshot } = words(api, said);
      const items = call("a", "b");
      await items.next();
      equal(snapshot().totals.succeeded, 0, "midway");
      equal(await textOf(items), "b", "the rest");
      equal([snapshot().totals.succeeded, snapshot().inFlight], [1, 0], "at its end");
    },
  },
  {
    name: "a generator that is made and never read holds no place",
    async run(api) {
      const { call, snapshot } = words(api, said, { maxConcurrent: 1 });
      for (let i = 0; i < 3; i++) call("a");
      equal(await textOf(call("a")), "a", "one that is read");
      equal(snapshot().totals.allowed, 1, "calls");
    },
  },
  {
    name: "a generator that is read holds its place until it ends",
    async run(api) {
      const { call, snapshot } = words(api, said, { maxConcurrent: 1 });
      const first = call("a", "b");
      await first.next();
      equal((await errorOf(() => call("a").next(), "the second")).name, "CircuitOpenError", "the refusal");
      equal(snapshot().inFlight, 1, "in flight");
      await first.return(undefined);
      equal(await textOf(call("a")), "a", "the third");
    },
  },
  {
    name: "what is sent into a generator arrives, and what it returns comes out",
    async run(api) {
      const name = "echoes";
      const call = api.protect(
        async function* (): AsyncGenerator<string, string, string> {
          const sent = yield "ready";
          return `got ${sent}`;
        },
        { name },
      );
      const items = call();
      equal((await items.next("")).value, "ready", "the first");
      equal(await items.next("it"), { value: "got it", done: true }, "the last");
    },
  },
  {
    name: "an open circuit refuses a generator before it runs",
    async run(api) {
      let runs = 0;
      const options = { name: "words that are refused" };
      const { call } = words(
        api,
        async function* () {
          runs++;
          yield* said("a");
        },
        options,
      );
      api.circuits.register(options.name).open();
      equal((await errorOf(() => call().next(), "while open")).name, "CircuitOpenError", "the refusal");
      equal(runs, 0, "runs");
    },
  },
  {
    name: "a function that returns a promise of a generator's items is protected to their end",
    async run(api) {
      const { call, snapshot } = words(api, ((...given: unknown[]) => said(...given)) as typeof said);
      equal(await textOf(call("a", "b", "c")), "abc", "the items");
      equal(snapshot().totals.succeeded, 1, "what counted");
    },
  },
  {
    name: "several generators at once do not mix",
    async run(api) {
      const { call, snapshot } = words(api, said);
      const texts = await Promise.all(["x", "y", "z"].map((letter) => textOf(call(letter, letter))));
      equal([texts, snapshot().totals.succeeded], [["xx", "yy", "zz"], 3], "what came");
    },
  },
];
