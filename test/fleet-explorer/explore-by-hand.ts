import { explore, told } from "./explore.ts";
import { mutants, ours } from "./machine.ts";
import { scenarios } from "./scenarios.ts";

/** `npm run explore [more [most states]]`: every scenario, with so much more of everything that may happen. */
const more = Number(process.argv[2] ?? 1);
const mostStates = Number(process.argv[3] ?? 2_000_000);
const wanted = process.argv[4];
const machine = process.argv[5] ? Object.values(mutants)[Number(process.argv[5])]! : ours;

for (const scenario of scenarios.filter(({ name }) => !wanted || name.includes(wanted))) {
  const begin = performance.now();
  const { states, transitions, isWhole, slowestToHeal, counterexample } = explore(scenario, machine, {
    more,
    mostStates,
  });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const how = isWhole ? "whole" : "not whole";
  console.log(
    `${scenario.name.padEnd(52)} ${states.toLocaleString("en").padStart(10)} states ${transitions.toLocaleString("en").padStart(11)} transitions  ${how}, closed after ${slowestToHeal} s at most, ${seconds} s`,
  );
  if (counterexample) {
    console.log(told(counterexample));
    process.exitCode = 1;
  }
}
