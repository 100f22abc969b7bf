import { setImmediate } from "node:timers/promises";
import { bytesPerCall } from "../measure.ts";
import { quantile, table } from "../table.ts";
import { type Call, contestants } from "./contestants.ts";
import { answerAtOnce } from "./instant-dispatcher.ts";

const rounds = 9;
const warmUps = 2;

/** Microseconds that a call takes longer than a bare one, by lower quartiles: others can only make it longer. */
async function added(
  calls: Record<string, Call>,
  atOnce: number,
  times: number,
  bare: number[],
): Promise<number[]> {
  const all = Object.values(calls);
  const found = all.map(() => [] as number[]);
  for (let round = -warmUps; round < (atOnce === 1000 ? 3 : rounds); round++) {
    const took = all.map(() => 0);
    // Forwards and backwards: whatever drifts during a round hits all alike.
    for (const turn of [...all.keys(), ...[...all.keys()].toReversed()]) {
      // oxlint-disable-next-line no-await-in-loop
      took[turn]! += (await microseconds(all[turn]!, atOnce, times)) / 2;
    }
    if (round >= 0) for (const [turn, each] of took.entries()) found[turn]!.push(each);
  }
  const quartiles = found.map((each) =>
    quantile(
      each.toSorted((a, b) => a - b),
      0.25,
    ),
  );
  bare.push(quartiles[0]!);
  return quartiles.map((each) => each - quartiles[0]!);
}

/** Of the processor, which tells more than the clock on a machine that others use, too. */
async function microseconds(call: Call, atOnce: number, times: number): Promise<number> {
  // As many unmeasured: what the one before has left is collected meanwhile. Signals are freed between turns only.
  await make(call, atOnce, times);
  await setImmediate();
  const startedAt = process.cpuUsage();
  await make(call, atOnce, times);
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / times;
}

async function make(call: Call, atOnce: number, times: number): Promise<void> {
  for (let done = 0; done < times; done += atOnce) {
    // oxlint-disable-next-line no-await-in-loop
    if (atOnce === 1) await call();
    // oxlint-disable-next-line no-await-in-loop
    else await Promise.all(Array.from({ length: atOnce }, call));
  }
}

/** Measures all of them in the Node that runs this, and prints a table. */
export async function compareTimeouts(): Promise<void> {
  const instant = answerAtOnce();
  const calls = contestants();
  const bare: number[] = [];
  // Failures first met here: once more with code that is compiled for more than the good outcome.
  const columns: number[][] = [await added(calls, 1, 200, bare)];
  instant.fail = true;
  for (let i = 0; i < 200; i++) {
    // oxlint-disable-next-line no-await-in-loop
    await Promise.allSettled(Object.values(calls).map((call) => call()));
  }
  instant.fail = false;
  for (const atOnce of [1, 20, 1000]) {
    // oxlint-disable-next-line no-await-in-loop
    columns.push(await added(calls, atOnce, atOnce === 1000 ? 1000 : 200, bare));
  }
  const bytes: number[] = [];
  // oxlint-disable-next-line no-await-in-loop
  for (const call of Object.values(calls)) bytes.push(await bytesPerCall(call, 3000));

  table(
    `Node ${process.version}: µs more than a bare fetch (${Math.min(...bare).toFixed(0)} µs)`,
    Object.keys(calls).map((name, row) => [
      name,
      ...columns.map((column) => column[row]!.toFixed(1)),
      `${Math.round(bytes[row]! - bytes[0]!)} B`,
    ]),
    ["first", "after failures", "20 at once", "1,000 at once", "allocated"],
  );
  process.exit(0); // the shared store has a timer of its own
}
