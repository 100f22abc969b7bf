import type { Machine } from "./machine.ts";
import { Play } from "./play.ts";
import { draftOf, type Isolate, type Message, type World } from "./world.ts";

/** Something that may happen next. */
export interface Move {
  readonly story: string;
  /** What it uses up of what may still happen. */
  readonly uses: string | undefined;
  readonly run: (play: Play) => void;
}

export function after(before: World, move: Move, machine: Machine): World {
  const draft = draftOf(before);
  if (move.uses) draft.left = { ...draft.left, [move.uses]: draft.left[move.uses]! - 1 };
  move.run(new Play(draft, machine));
  return draft;
}

/** All that may happen next, in whatever order. */
export function movesOf(world: World): Move[] {
  const may = (what: string): boolean => (world.left[what] ?? 0) > 0;
  const moves: Move[] = [];
  world.messages.forEach((message, index) => {
    if (message.arrivesAt > world.now) return;
    const name = nameOf(world, message);
    moves.push({ story: `${name} arrives${answer(message)}`, uses: undefined, run: arrives(index) });
    if (may("lost")) moves.push({ story: `${name} is lost`, uses: "lost", run: drops(index) });
    if (may("twice")) {
      moves.push({
        story: `${name} arrives, and will arrive again`,
        uses: "twice",
        run: arrives(index, true),
      });
    }
    if (may("late") && !message.isLate) {
      moves.push({ story: `${name} is held up`, uses: "late", run: holdsUp(index) });
    }
  });
  world.isolates.forEach((isolate, index) => moves.push(...movesOfIsolate(world, isolate, index, may)));
  const up = world.isUp ? "breaks down" : "heals";
  if (may("upstream"))
    moves.push({
      story: `the upstream ${up}`,
      uses: "upstream",
      run: ({ world: w }) => void (w.isUp = !w.isUp),
    });
  if (may("store")) {
    const story = `the store ${world.isStoreUp ? "goes down" : "is back"}`;
    moves.push({ story, uses: "store", run: ({ world: w }) => void (w.isStoreUp = !w.isStoreUp) });
  }
  for (const [what, story, run] of troublesOfStore) {
    if (may(what) && world.record) moves.push({ story, uses: what, run });
  }
  const isHurried = world.messages.some(({ arrivesAt, isLate }) => arrivesAt <= world.now && !isLate);
  if (may("ticks") && !isHurried)
    moves.push({ story: "a second passes", uses: "ticks", run: (play) => play.tick() });
  return moves;
}

const troublesOfStore: ReadonlyArray<[string, string, Move["run"]]> = [
  ["evicted", "the store evicts the key", ({ world }) => void (world.record = undefined)],
  [
    "copied",
    "a copy of the record is kept somewhere",
    ({ world }) => void (world.copy = { record: world.record!, writtenAt: world.writtenAt }),
  ],
  [
    "restored",
    "the store goes back to the copy",
    ({ world }) => {
      if (world.copy) ({ record: world.record, writtenAt: world.writtenAt } = world.copy);
    },
  ],
];

function movesOfIsolate(
  world: World,
  isolate: Isolate,
  index: number,
  may: (what: string) => boolean,
): Move[] {
  const { name, isFrozen, isGone, calls } = isolate;
  if (isGone) return [];
  if (isFrozen) {
    return [
      {
        story: `${name} wakes up`,
        uses: undefined,
        run(play) {
          play.at(index).isFrozen = false;
          play.catchUp(index);
        },
      },
    ];
  }
  const moves: Move[] = [];
  if (may("calls")) {
    const id = world.left["calls"]!;
    moves.push({ story: `${name}: call ${id} starts`, uses: "calls", run: (play) => play.call(index, id) });
  }
  for (const call of calls.filter(({ permit }) => permit)) {
    const isGood = world.isUp && !isolate.isCutOff;
    const verdict = isGood ? "success" : "failure";
    moves.push({
      story: `${name}: call ${call.id} ${isGood ? "succeeds" : "fails"}`,
      uses: undefined,
      run: (play) => play.end(index, call, verdict),
    });
    if (may("ignored")) {
      moves.push({
        story: `${name}: call ${call.id} is aborted by its caller`,
        uses: "ignored",
        run: (play) => play.end(index, call, "ignored"),
      });
    }
  }
  if (may("frozen")) {
    moves.push({
      story: `${name} is frozen`,
      uses: "frozen",
      run: (play) => void (play.at(index).isFrozen = true),
    });
  }
  if (may("vanish")) moves.push({ story: `${name} vanishes`, uses: "vanish", run: vanishes(index) });
  if (may("evictions")) {
    const story = `${name} forgets the circuit, and makes it again`;
    moves.push({ story, uses: "evictions", run: (play) => play.evict(index) });
  }
  if (may("forced")) {
    for (const command of ["open", "close"] as const) {
      const story = `${name}: somebody holds it ${command}`;
      moves.push({ story, uses: "forced", run: (play) => play.command(command, index, true) });
    }
  }
  if (may("commands")) {
    for (const command of ["open", "close", "half-open"] as const) {
      const story = `${name}: somebody commands ${command}`;
      moves.push({ story, uses: "commands", run: (play) => play.command(command, index) });
    }
  }
  return moves;
}

/** Whoever is gone takes its calls along. Another isolate comes in its place. */
function vanishes(index: number): Move["run"] {
  return (play) => {
    const isolate = play.at(index);
    isolate.isGone = true;
    isolate.calls = [];
  };
}

function arrives(index: number, isTwice = false): Move["run"] {
  return (play) => {
    const message = play.world.messages[index]!;
    if (!isTwice) play.world.messages.splice(index, 1);
    play.deliver(message);
  };
}

function drops(index: number): Move["run"] {
  return ({ world }) => void world.messages.splice(index, 1);
}

function holdsUp(index: number): Move["run"] {
  return ({ world }) => void (world.messages[index] = { ...world.messages[index]!, isLate: true });
}

function nameOf({ isolates }: World, { from, question, reply, isPush }: Message): string {
  if (isPush) return `word of a change to ${isolates[from]!.name}`;
  const { request } = question;
  const what = request.type === "report" ? `report (${request.run} in a row)` : request.type;
  const name = `${isolates[from]!.name}'s ${request.type === "settle" ? `settlement (${request.verdict})` : what}`;
  return reply ? `the answer to ${name}` : name;
}

function answer({ reply, fault }: Message): string {
  if (fault) return fault === "down" ? " back: the store is down" : " back: a newer version wrote the record";
  if (!reply) return " at the store";
  return `: ${reply.state}${reply.isGranted ? ", a trial is granted" : ""}`;
}
