import { type Healed, healsWithin, secondsToHeal } from "./healing.ts";
import { type Machine, ours } from "./machine.ts";
import { after, movesOf } from "./moves.ts";
import { brokenIn } from "./promises.ts";
import { beginOf, type Scenario } from "./scenarios.ts";
import { keyOf, type World } from "./world.ts";

export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** All situations within the bound have been seen. */
  readonly isWhole: boolean;
  readonly slowestToHeal: number;
  readonly counterexample: Counterexample | undefined;
}

export interface Counterexample {
  readonly broken: string;
  readonly story: readonly string[];
}

interface Node {
  world: World | undefined;
  readonly story: string;
  readonly before: Node | undefined;
}

/** Walks through every situation that can come of a scenario, the nearest first, until a promise is broken. */
export function explore(
  scenario: Scenario,
  machine: Machine = ours,
  { more = 0, mostStates = Infinity } = {},
): Explored {
  const begin = beginOf(scenario, more);
  const first: Node = { world: begin, story: "", before: undefined };
  const seen = new Set([keyOf(begin)]);
  const healed: Healed = new Map();
  const waiting: Node[] = [first];
  let transitions = 0;
  let slowestToHeal = 0;
  const found = (broken: string, node: Node): Explored => ({
    states: seen.size,
    transitions,
    isWhole: false,
    slowestToHeal,
    counterexample: { broken, story: storyOf(node) },
  });
  for (let index = 0; index < waiting.length && seen.size < mostStates; index++) {
    const node = waiting[index]!;
    const here = node.world!;
    node.world = undefined;
    for (const move of movesOf(here)) {
      const world = after(here, move, machine);
      transitions++;
      const key = keyOf(world);
      if (seen.has(key)) continue;
      seen.add(key);
      const next: Node = { world, story: move.story, before: node };
      const broken = brokenIn(world, begin.left);
      if (broken) return found(broken, next);
      const seconds = secondsToHeal(world, machine, healed);
      if (seconds === undefined) {
        return found(`the fleet is not closed ${healsWithin} s after the upstream has healed`, next);
      }
      slowestToHeal = Math.max(slowestToHeal, seconds);
      waiting.push(next);
    }
  }
  const isWhole = seen.size < mostStates;
  return { states: seen.size, transitions, isWhole, slowestToHeal, counterexample: undefined };
}

function storyOf(last: Node): string[] {
  const story: string[] = [];
  for (let node: Node | undefined = last; node?.before; node = node.before) story.unshift(node.story);
  return story;
}

export function told({ broken, story }: Counterexample): string {
  return [
    ...story.map((line, index) => `${String(index + 1).padStart(3)}. ${line}`),
    `     Broken: ${broken}.`,
  ].join("\n");
}
