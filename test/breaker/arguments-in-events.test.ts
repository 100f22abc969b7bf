import { expect, test } from "vitest";
import { circuits, createProtectedFetch, protect, type ProtegoEvent } from "../../src/index.ts";

function heard(name: string): ProtegoEvent[] {
  const events: ProtegoEvent[] = [];
  circuits.get(name)!.subscribe((event) => events.push(event));
  return events;
}

const argsOf = (event: ProtegoEvent): unknown => ("args" in event ? event.args : "none");

test.each([
  ["are told where the option says so", true, ["ada", 3]],
  ["are told to nobody without it", undefined, "none"],
])("the arguments of a call %s", async (_, argumentsInEvents, expected) => {
  const name = `arguments ${String(argumentsInEvents)}`;
  let isDown = false;
  const order = protect(
    async (_user: string, _count: number) => {
      if (isDown) throw new Error("down");
    },
    { name, failureThreshold: 1, argumentsInEvents },
  );
  await order("first", 0);
  const events = heard(name);
  await order("ada", 3);
  isDown = true;
  await order("ada", 3).catch(() => {});
  await order("ada", 3).catch(() => {});
  const ofCalls = events.filter(({ type }) => type.startsWith("call."));
  expect(ofCalls.map(({ type }) => type)).toEqual([
    "call.allowed",
    "call.succeeded",
    "call.allowed",
    "call.failed",
    "call.refused",
  ]);
  expect(ofCalls.map(argsOf)).toEqual(ofCalls.map(() => expected));
});

test("of a fetch they are its input and init, of a generator what it was called with", async () => {
  const fetch = createProtectedFetch({
    name: "told fetch",
    argumentsInEvents: true,
    fetch: async () => new Response(),
  });
  await fetch("https://api.test/first");
  const ofFetch = heard("told fetch");
  await fetch("https://api.test/", { method: "PUT" });
  expect(ofFetch.map(argsOf)).toEqual([
    ["https://api.test/", { method: "PUT" }],
    ["https://api.test/", { method: "PUT" }],
  ]);

  const count = protect(
    async function* (to: number) {
      for (let at = 0; at < to; at++) yield at;
    },
    { name: "told generator", argumentsInEvents: true },
  );
  for await (const _ of count(1)) continue;
  const ofGenerator = heard("told generator");
  for await (const _ of count(2)) continue;
  expect(ofGenerator.map(argsOf)).toEqual([[2], [2]]);
});

test("anything but true or false is refused when the wrapper is made", () => {
  expect(() => protect(async () => {}, { name: "wrong", argumentsInEvents: "yes" as never })).toThrow(
    'option "argumentsInEvents" must be true or false; got "yes"',
  );
});
