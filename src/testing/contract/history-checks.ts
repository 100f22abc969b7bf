import type { FleetPolicy, FleetRequest, OwnRequest } from "../../core/fleet-record.ts";
import { storeStep } from "../../core/store-step.ts";
import { type Check, demand, demandBetween, lease, type Probe } from "./probe.ts";

interface Histories {
  readonly histories: number;
  readonly seed: number;
  readonly mayAdvance: boolean;
}

/** What a real server may take for one history; all limits are farther away from any sum of units. */
const slackMs = 15_000;

/** Whatever is asked in whatever order, the store answers as the pure step does. */
export function historyChecks({ histories, seed, mayAdvance }: Histories): Check[] {
  return [
    {
      name: "random histories are answered as by the pure step",
      async check(probe) {
        for (let each = 0; each < histories; each++) {
          await replay(probe, probe.circuit(each), chance(seed * 1000 + each), mayAdvance);
        }
      },
    },
  ];
}

async function replay(probe: Probe, circuit: string, dice: Dice, mayAdvance: boolean): Promise<void> {
  const rules = anyPolicy(dice);
  const kind = dice.of([anyRequest, anyReport, anyReport, anyRecovery, anyRecovery]);
  const story: string[] = [];
  let text: string | undefined;
  let elapsedMs = 0;
  let seen: Seen = { generation: 0, token: 1 };
  for (let step = 0; step < 30; step++) {
    const units = mayAdvance ? dice.of(passes) : 0;
    if (units > 0) await probe.pass(units, circuit);
    elapsedMs += units * unitMs;
    const own = kind(dice, seen);
    const asked: FleetRequest = { ...rules, life: 1 + dice.upTo(2 ** 31 - 2), ...own };
    const { keep, reply } = storeStep(text, asked, elapsedMs);
    if (keep !== undefined) [text, elapsedMs] = [keep, 0];
    const token = reply.isGranted && own.type === "lease" ? own.token : seen.token;
    seen = { generation: reply.generation, token };
    story.push(`${units > 0 ? `${units * 70} s later ` : ""}${JSON.stringify(own)}`);
    const when = `history "${circuit}", step ${step + 1} (${story.slice(-6).join(", ")})`;
    const { waitMs, closedMs = 0, ...expected } = reply;
    const came = await probe.ask((step % 2) as 0 | 1, circuit, asked);
    demand(when, came, expected);
    demandBetween(when, "waitMs", came.waitMs, waitMs - slackMs, waitMs + slackMs);
    demandBetween(when, "closedMs", came.closedMs ?? 0, closedMs - slackMs, closedMs + slackMs);
  }
}

/** The unit in which these histories count, whatever the probe's is: without a way to pass it, none passes. */
const unitMs = 70_000;

/** What the last answers said: most that is asked follows from it, some does not. */
interface Seen {
  readonly generation: number;
  /** Of the trial that was granted last. */
  readonly token: number;
}

/** In units; the last is a moment more than half a record's life. */
const passes = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 9, 1235];

/** Times that no sum of whole units comes near, tenths of them included. */
function anyPolicy(dice: Dice): FleetPolicy {
  return {
    quorum: 1 + dice.upTo(2),
    threshold: 2 + dice.upTo(4),
    sharePercent: dice.of([1, 34, 50, 67, 100]),
    windowMs: 12.5 * unitMs,
    openMs: dice.of([[1.5 * unitMs], [0.5 * unitMs, 2.5 * unitMs, 5.5 * unitMs]]),
    longestOpeningMs: dice.of([1.25, 8.25]) * unitMs,
    trials: 1 + dice.upTo(2),
    concurrent: 1 + dice.upTo(2),
    tolerated: dice.of([0, 0, 1]),
    everyMs: dice.of([0, 0, 1.5 * unitMs]),
    stayMs: dice.of([0, 0, 3.25 * unitMs]),
  };
}

function anyRequest(dice: Dice, seen: Seen): OwnRequest {
  const kind = dice.upTo(17);
  if (kind < 1) return { type: "read" };
  if (kind < 8) return anyReport(dice);
  if (kind < 16) return anyTrial(dice, seen);
  return dice.of([
    { type: "open", isForced: dice.upTo(3) === 0 },
    { type: "close", isForced: dice.upTo(3) === 0 },
    { type: "half-open" },
  ]);
}

function anyReport(dice: Dice): OwnRequest {
  return {
    type: "report",
    reporter: 1 + dice.upTo(20),
    sequence: 1 + dice.upTo(5),
    run: dice.of([0, 0, 0, 1, 2, 2, 3, 4]),
    seen: dice.of([-1, -1, -1, 0, 1, 2]),
  };
}

/** Openings, and trials that end well or badly. */
function anyRecovery(dice: Dice, seen: Seen): OwnRequest {
  const kind = dice.upTo(11);
  if (kind < 1) return { type: "open", isForced: false };
  if (kind < 3) return { type: "report", reporter: 1 + dice.upTo(3), sequence: 99, run: 6, seen: -1 };
  if (kind < 4) return { type: "half-open" };
  return anyTrial(dice, seen);
}

function anyTrial(dice: Dice, seen: Seen): OwnRequest {
  if (dice.upTo(1) === 0) return lease(1 + dice.upTo(2), 1.5 * unitMs);
  const token = dice.upTo(3) === 0 ? 1 + dice.upTo(2) : seen.token;
  const generation = dice.upTo(4) === 0 ? dice.upTo(4) : seen.generation;
  const verdict = dice.of(["success", "success", "failure", "ignored"] as const);
  return { type: "settle", token, generation, verdict };
}

interface Dice {
  /** A whole number from 0 to this one. */
  upTo(most: number): number;
  of<Kind>(choices: readonly Kind[]): Kind;
}

/** Chance that a seed repeats. */
function chance(seed: number): Dice {
  let state = Math.imul(seed + 1, 2_654_435_761) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) next();
  const upTo = (most: number): number => Math.floor(next() * (most + 1));
  return { upTo, of: (choices) => choices[upTo(choices.length - 1)]! };
}
