import { afterAll, expect, test } from "vitest";
import { explore, type Explored, told } from "./explore.ts";
import { mutants } from "./machine.ts";
import { scenarios } from "./scenarios.ts";

const begun = performance.now();
const cpuBegun = process.cpuUsage();
let states = 0;
let transitions = 0;
afterAll(() => {
  const seconds = Math.round((performance.now() - begun) / 1000);
  const { user, system } = process.cpuUsage(cpuBegun);
  const busy = Math.round((user + system) / 1e6);
  console.info(
    `explored in ${seconds} s, ${busy} s of them at work: ${states} states, ${transitions} transitions`,
  );
});

/** `npm run explore` does the same, with more of everything. */
test.each(scenarios)("every promise holds, in whatever order it happens: $name", (scenario) => {
  const explored = explore(scenario);
  states += explored.states;
  transitions += explored.transitions;
  console.info(`${explored.states} states, ${explored.transitions} transitions: ${scenario.name}`);
  expect(explored.counterexample && `\n${told(explored.counterexample)}`).toBeUndefined();
  expect(explored.isWhole).toBe(true);
  expect(explored.states).toBeGreaterThan(500);
});

test.each([
  [
    "a fleet half-open, with more successes than an isolate wants, grants nothing and never closes",
    "a deploy lowers the number of trials",
    /the fleet is not closed \d+ s after the upstream has healed/,
  ],
  [
    "a grant that comes after its call has gone out is dropped",
    "strangers come late, from far away, for one call",
    /a trial was granted that nobody will make or give back/,
  ],
  [
    "an isolate that opened alone tries without leave while its leave is on its way",
    "isolates that open alone",
    /more trials than 2 at the upstream while the store answers/,
  ],
  [
    "trials that run lose their places when the circuit opens or closes",
    "a reset timeout that is shorter than a trial",
    /more trials than 1 at the upstream while the store answers/,
  ],
  [
    "an isolate that is to refuse without the store tries on its own",
    "the store is lost, and one refuses without it",
    /A calls without the store/,
  ],
  [
    "an answer that has not heard of a command undoes it",
    "commands by hand",
    /[AB] did not do as it was told/,
  ],
  [
    "word of a change undoes a command that is on its way",
    "changes are pushed, and somebody commands",
    /[AB] did not do as it was told/,
  ],
  [
    "a command is carried out whatever has happened since it was sent",
    "two commands by hand, of which one comes late",
    /two commands of [AB] have changed places/,
  ],
  [
    "a circuit that is made again votes as somebody else",
    "one dead network, circuits that come and go",
    /one isolate whose network is dead has opened the fleet/,
  ],
])("the explorer finds the fault where %s", (mutant, where, broken) => {
  const scenario = scenarios.find(({ name }) => name === where)!;
  const { counterexample }: Explored = explore(scenario, mutants[mutant]!);
  expect(counterexample?.broken).toMatch(broken);
  expect(told(counterexample!)).toMatch(/^ {2}1\. /);
});
