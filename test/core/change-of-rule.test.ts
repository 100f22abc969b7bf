import { expect, test } from "vitest";
import { anyOf, consecutiveFailures, hungCalls } from "../../src/options.ts";
import { circuits, protect } from "../../src/index.ts";
import { testClock } from "../../src/testing.ts";

const rules = {
  "failures in a row": () => consecutiveFailures(3),
  "hung calls": () => hungCalls({ duration: "1s", threshold: 2 }),
  "hung calls of another length": () => hungCalls({ duration: "2s", threshold: 2 }),
  "any of several": () => anyOf(consecutiveFailures(3), hungCalls({ duration: "1s", threshold: 2 })),
};
const names = Object.keys(rules) as Array<keyof typeof rules>;
let serial = 0;

test.each(names.flatMap((from) => names.map((to) => ({ from, to }))))(
  "calls under way while the rule changes from $from to $to settle as ever, and count no more than once",
  async ({ from, to }) => {
    const name = `change of rule ${++serial}`;
    const clock = testClock();
    const ends: Array<(value: string) => void> = [];
    const call = protect(() => new Promise<string>((resolve) => ends.push(resolve)), {
      name,
      clock,
      opensOn: rules[from](),
    });
    const before = [call(), call()];
    clock.advance("5s");
    const circuit = circuits.get(name)!;
    circuit.configure({ opensOn: rules[to]() });
    for (const end of ends.splice(0)) end("fine");
    expect(await Promise.all(before)).toEqual(["fine", "fine"]);
    expect(circuit.snapshot()).toMatchObject({ state: "closed", inFlight: 0, totals: { succeeded: 2 } });

    const after = [call(), call()];
    clock.advance("3s");
    const isWatched = to !== "failures in a row";
    const third = call().catch((error: Error) => error.name);
    expect(circuit.state).toBe(isWatched ? "open" : "closed");
    for (const end of ends) end("fine");
    expect(await third).toBe(isWatched ? "CircuitOpenError" : "fine");
    await Promise.all(after);
  },
);

test("a call that began before the rule changed and changed back is not counted in the new tally", async () => {
  const name = `change of rule ${++serial}`;
  const clock = testClock();
  const ends: Array<() => void> = [];
  const hung = hungCalls({ duration: "1s", threshold: 2 });
  const call = protect(() => new Promise<void>((resolve) => ends.push(resolve)), {
    name,
    clock,
    opensOn: hung,
  });
  const old = call();
  clock.advance("2s");
  const circuit = circuits.get(name)!;
  expect(circuit.snapshot().failures).toBe(1);
  circuit.configure({ opensOn: consecutiveFailures(3) });
  circuit.configure({ opensOn: hung });
  expect(circuit.snapshot().failures).toBe(0);
  ends[0]!();
  await old;
  expect(circuit.snapshot().failures).toBe(0);
  const calls = [call(), call()];
  clock.advance("2s");
  expect(circuit.snapshot().failures).toBe(2);
  for (const end of ends) end();
  await Promise.all(calls);
  expect(circuit.snapshot().failures).toBe(0);
});
