import { after, movesOf } from "./moves.ts";
import { ours } from "./machine.ts";
import { isolate, type IsolateOptions, tickMs, type World, world } from "./world.ts";

/** A fleet, the situation in which it is met, and what may happen to it from there. */
export interface Scenario {
  readonly name: string;
  readonly isolates: readonly IsolateOptions[];
  readonly begin: "strangers" | "closed" | "open" | "half-open";
  readonly pushes?: boolean;
  /** How often each may happen, at the small bound; at the large one all of it a little oftener. */
  readonly may: Readonly<Record<string, number>>;
}

export const scenarios: readonly Scenario[] = [
  {
    name: "two strangers meet an upstream that is down",
    isolates: [{}, {}],
    begin: "strangers",
    may: { calls: 4, ticks: 1, upstream: 1 },
  },
  {
    name: "two isolates, half-open",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 2, upstream: 1 },
  },
  {
    name: "a reset timeout that is shorter than a trial",
    isolates: [
      { trials: 1, resetMs: 1000 },
      { trials: 1, resetMs: 1000 },
    ],
    begin: "half-open",
    may: { calls: 2, commands: 1 },
  },
  { name: "messages are lost", isolates: [{}, {}], begin: "half-open", may: { calls: 2, ticks: 3, lost: 1 } },
  {
    name: "messages come late",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 2, late: 1 },
  },
  {
    name: "messages come twice",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 1, twice: 1 },
  },
  {
    name: "a deploy lowers the number of trials",
    isolates: [{ trials: 2 }, { trials: 1 }],
    begin: "half-open",
    may: { calls: 2, ticks: 1, vanish: 1 },
  },
  {
    name: "trials one at a time, of which one in two may fail",
    isolates: [
      { inFull: { successes: 2, concurrent: 1, tolerate: 0.5 } },
      { inFull: { successes: 2, concurrent: 1, tolerate: 0.5 } },
    ],
    begin: "half-open",
    may: { calls: 3, ticks: 1, upstream: 1 },
  },
  {
    name: "trials at a pace, and a stay that ends",
    isolates: [
      { inFull: { successes: 2, every: 1000, longest: 3000 } },
      { inFull: { successes: 2, every: 1000, longest: 3000 } },
    ],
    begin: "half-open",
    may: { calls: 2, ticks: 5 },
  },
  {
    name: "another threshold and another reset timeout",
    isolates: [{}, { threshold: 2, resetMs: 1000 }],
    begin: "closed",
    may: { calls: 4, ticks: 1, upstream: 1 },
  },
  {
    name: "isolates vanish",
    isolates: [{}, {}, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 1, vanish: 2 },
  },
  {
    name: "isolates freeze and return",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 3, frozen: 1 },
  },
  {
    name: "strangers come late, from far away, for one call",
    isolates: [{ distance: 1 }, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 4 },
  },
  {
    name: "who knows that it is far away",
    isolates: [{ distance: 1, isFar: true }, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 4 },
  },
  {
    name: "who is far away asks before the opening ends",
    isolates: [{ distance: 1, isFar: true }, {}],
    begin: "open",
    may: { calls: 2, ticks: 4 },
  },
  {
    name: "who asks before the opening ends, and vanishes, or is not heard",
    isolates: [{ isFar: true }, { isFar: true }],
    begin: "open",
    may: { calls: 2, ticks: 2, vanish: 1, lost: 1 },
  },
  {
    name: "somebody commands while one asks before the opening ends",
    isolates: [{ isFar: true }, {}],
    begin: "open",
    may: { calls: 2, ticks: 1, commands: 1 },
  },
  {
    name: "callers abort",
    isolates: [{}, { distance: 1 }],
    begin: "half-open",
    may: { calls: 2, ticks: 4, ignored: 1 },
  },
  {
    name: "an isolate that may not wait",
    isolates: [{ mayWait: false }, {}],
    begin: "half-open",
    may: { calls: 3, ticks: 3 },
  },
  {
    name: "isolates that open alone",
    isolates: [{ threshold: 1, isCutOff: true }, {}],
    begin: "closed",
    may: { calls: 3, ticks: 4 },
  },
  {
    name: "the key is evicted",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 2, evicted: 1 },
  },
  {
    name: "the store goes back to an old copy",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 1, copied: 1, restored: 1 },
  },
  {
    name: "commands by hand",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 1, ticks: 1, commands: 1 },
  },
  {
    name: "two commands by hand, one after the other",
    isolates: [{}, {}],
    begin: "closed",
    may: { commands: 2, ticks: 1 },
  },
  {
    name: "two commands by hand, of which one comes late",
    isolates: [{}],
    begin: "closed",
    may: { commands: 2, ticks: 5, late: 1 },
  },
  {
    name: "somebody holds it open, or closed",
    isolates: [{}, {}],
    begin: "half-open",
    may: { calls: 1, ticks: 1, forced: 1 },
  },
  {
    name: "calls that are overdue make the next ask",
    isolates: [{ suspects: true }, { suspects: true }],
    begin: "closed",
    may: { calls: 3, ticks: 2, upstream: 1 },
  },
  {
    name: "an isolate of the version before",
    isolates: [{ version: 1 }, {}],
    begin: "half-open",
    may: { calls: 2, ticks: 2, upstream: 1 },
  },
  {
    name: "the store is lost, and one refuses without it",
    isolates: [{ whenLost: "refuse", errors: 2 }, { errors: 2 }],
    begin: "half-open",
    may: { calls: 2, ticks: 2, store: 1 },
  },
  {
    name: "changes are pushed, late or never, beside the answers",
    isolates: [{}, {}],
    begin: "half-open",
    pushes: true,
    may: { calls: 2, ticks: 1, late: 1, lost: 1 },
  },
  {
    name: "changes are pushed, and somebody commands",
    isolates: [{ trials: 1 }, { trials: 1 }],
    begin: "half-open",
    pushes: true,
    may: { calls: 1, commands: 1 },
  },
  {
    name: "one dead network, circuits that come and go",
    isolates: [{ isCutOff: true }],
    begin: "strangers",
    may: { calls: 4, ticks: 1, evictions: 1 },
  },
];

/** The trials at a time that the most generous of them allows. */
export function mostOf({ isolates }: World): number {
  return Math.max(...isolates.map(({ policy }) => policy.trials.concurrent));
}

export function beginOf({ isolates, begin, may, pushes }: Scenario, more = 0): World {
  const wider = Object.fromEntries(Object.entries(may).map(([what, times]) => [what, times + more]));
  const start = world(
    isolates.map((options, index) => isolate(index, options)),
    wider,
    pushes,
  );
  if (begin === "strangers") return start;
  const joined = joinedOf(start);
  return begin === "closed" ? joined : openedOf(joined, isolates, begin === "open" ? 2 * tickMs : 0);
}

/** Everybody has made a call that went well. */
function joinedOf(start: World): World {
  let here: World = { ...start, left: { calls: start.isolates.length, ticks: 20 } };
  for (const { name } of start.isolates) {
    here = pick(here, `${name}: call`);
    here = drained(here);
  }
  here = drained(here);
  return { ...here, isUp: true, left: start.left };
}

/** Somebody has opened the fleet, everybody has heard of it, and it is time for trials, or will be so soon. */
function openedOf(joined: World, options: readonly IsolateOptions[], leftMs: number): World {
  let here: World = { ...joined, left: { calls: 0, ticks: 30, commands: 1 } };
  here = drained(pick(here, "A: somebody commands open"));
  // The others hear of it as they look.
  here = {
    ...here,
    isolates: here.isolates.map((each) => ({ ...each, member: { ...each.member, askedAt: -1e12 } })),
  };
  for (const { name } of here.isolates.slice(1)) {
    here = drained(pick({ ...here, left: { ...here.left, calls: 1 } }, `${name}: call`));
  }
  while (here.isolates.some(({ phase }) => phase.state === "open" && here.now + leftMs < phase.until)) {
    here = pick(here, "a second");
  }
  // Some have not been there yet.
  const fresh = here.isolates.map((each, index) =>
    leftMs === 0 && (options[index]!.distance ?? 0) > 0
      ? { ...isolate(index, options[index]), count: each.count }
      : each,
  );
  const troubled = fresh.map((each, index) => ({ ...each, errors: options[index]!.errors ?? 0 }));
  return { ...here, isolates: troubled, left: joined.left };
}

function pick(here: World, story: string): World {
  const move = movesOf(here).find((each) => each.story.startsWith(story));
  if (!move) throw new Error(`there is no way to "${story}" here`);
  return after(here, move, ours);
}

/** Whatever is under way arrives and ends. */
export function drained(from: World): World {
  let here = from;
  for (let step = 0; step < 200; step++) {
    const move = movesOf(here).find(({ uses, story }) => uses === undefined && !story.includes("wakes"));
    if (move) here = after(here, move, ours);
    else if (here.messages.length === 0 && here.isolates.every(({ calls }) => calls.length === 0))
      return here;
    else here = after(here, { story: "", uses: undefined, run: (play) => play.tick() }, ours);
  }
  throw new Error(`never quiet, after ${here.now / tickMs} s`);
}
