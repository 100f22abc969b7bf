import type { FleetRequest } from "../../core/fleet-record.ts";
import { storeStep } from "../../core/store-step.ts";
import { type Check, demand, fail, lease, type Probe, report, request } from "./probe.ts";

const read = request({ type: "read" });
const open = request({ type: "open", isForced: false });
const close = request({ type: "close", isForced: false });

interface Planting {
  readonly plant: ((circuit: string, text: string) => void | Promise<void>) | undefined;
  readonly newerRecord: string;
}

/** What is kept is kept: for everybody, under its own name, and only if it is a record. */
export function keepingChecks({ plant, newerRecord }: Planting): Check[] {
  return plant ? [...ofEveryStore, ...plantingChecks(plant, newerRecord)] : ofEveryStore;
}

const ofEveryStore: Check[] = [
  { name: "a circuit that nobody has told of is closed, and asking leaves nothing behind", check: missing },
  { name: "what one client writes, the other reads at once", check: seenByAll },
  { name: "circuits of different names are different, whatever is in the names", check: anyName },
  { name: "large numbers come back as they were", check: largeNumbers },
];

function plantingChecks(plant: NonNullable<Planting["plant"]>, newerRecord: string): Check[] {
  return [
    {
      name: "what is no record is repaired: closed, said once, and it works from then on",
      async check(probe) {
        for (const [index, text] of noRecords.entries()) {
          const circuit = probe.circuit(index);
          const when = `a look at a record that is ${JSON.stringify(text.slice(0, 40))}`;
          // Some servers can only replace what is there.
          await probe.ask(0, circuit, open);
          await plant(circuit, text);
          demand(when, await probe.ask(0, circuit, read), { state: "closed", isRepaired: true });
          demand(`another ${when}`, await probe.ask(1, circuit, read), { isRepaired: false });
          demand(`opened after ${when}`, await probe.ask(0, circuit, open), { state: "open" });
        }
      },
    },
    {
      name: "a record of a newer version is left alone, and the step rejects with NewerRecord",
      async check(probe) {
        const circuit = probe.circuit();
        await probe.ask(0, circuit, open);
        await plant(circuit, newerRecord);
        for (const asked of [read, open, read, request(report(1))]) {
          const came = await probe.ask(0, circuit, asked).then(
            () => "an answer",
            (error: unknown) => String((error as Error | undefined)?.name),
          );
          if (came !== "NewerRecord") {
            fail(`a ${asked.type} of a newer record`, "an error named NewerRecord", came);
          }
        }
        demand("another circuit", await probe.ask(0, probe.circuit("other"), open), { state: "open" });
      },
    },
  ];
}

async function missing(probe: Probe): Promise<void> {
  for (const client of [0, 1, 0] as const) {
    const reply = await probe.ask(client, probe.circuit(), read);
    demand("a look at nothing", reply, { state: "closed", life: 0, generation: 0, isRepaired: false });
  }
}

async function seenByAll(probe: Probe): Promise<void> {
  const circuit = probe.circuit();
  for (let round = 1; round <= 10; round++) {
    const [one, other] = round % 2 ? ([0, 1] as const) : ([1, 0] as const);
    const state = round % 2 ? "open" : "closed";
    const told = await probe.ask(one, circuit, round % 2 ? open : close);
    demand(`command ${round}`, told, { state, generation: round });
    const seen = await probe.ask(other, circuit, read);
    demand(`a look through the other client after command ${round}`, seen, { state, generation: round });
  }
}

async function anyName(probe: Probe): Promise<void> {
  const all = names();
  const before: number[] = [];
  // Nothing of these names is this run's own: an earlier one may have left its records.
  for (const name of all) before.push((await probe.ask(0, name, read)).generation);
  for (const name of all) await probe.ask(0, name, open);
  for (const [index, name] of all.entries()) {
    const reply = await probe.ask(1, name, read);
    const when = `a look at the circuit ${JSON.stringify(name.slice(-40))} after one command to each name`;
    demand(when, reply, { state: "open", generation: before[index]! + 1 });
  }
}

async function largeNumbers(probe: Probe): Promise<void> {
  const large = 2 ** 31 - 1;
  const week = 7 * 86_400_000;
  const rules = {
    life: large,
    threshold: large,
    quorum: 8,
    openMs: [1, 2, 3, 4, 5, 6, 7, 8].map((day) => day * 86_400_000),
    longestOpeningMs: week,
    windowMs: week,
    trials: 12,
    concurrent: 12,
    tolerated: large,
    everyMs: 0,
    stayMs: week,
  };
  const reports = Array.from({ length: 20 }, (_, index) => ({
    ...report(large - index),
    run: large,
    sequence: large,
  }));
  const leases = Array.from({ length: 12 }, (_, index) => lease(large - index, week));
  const asked: FleetRequest[] = [
    ...reports,
    { type: "read" } as const,
    { type: "half-open" } as const,
    ...leases,
    { type: "settle", token: large, generation: 2, verdict: "failure" } as const,
  ].map((own) => request(own, rules));
  let text: string | undefined;
  for (const each of asked) {
    const { keep, reply } = storeStep(text, each, 0);
    text = keep ?? text;
    const { waitMs: _wait, closedMs: _closed, ...expected } = reply;
    demand(`a ${each.type} of large numbers`, await probe.ask(0, probe.circuit(), each), expected);
  }
}

const noRecords = [
  "",
  "garbage",
  "null",
  "0",
  "[]",
  "{}",
  '{"schema":1}',
  '{"schema":1,"life":7,"generation":1e300,"isOpen":true}',
  "1|5|3|1|600",
  `{"schema":1,"votes":[${"0,".repeat(5000)}0]}`,
  "\u0001\uFFFD|{",
];

function names(): string[] {
  const long = "x".repeat(511);
  const wide = "日".repeat(511);
  return [
    ["a", "A", "a ", " a", "ab", "a b", "a\tb", "a\nb", "a\r\nb", "a\0b", "a%00b", "a%20b", "a%2520b"],
    ["{a}", "a}{b", "a:b", "a|b", "a,b", "*", "?", "[a]", "../a", "a/b", "a\\b", "#a", "a?b=c"],
    ["'", '"', "`", "$1", "'; DROP TABLE protego; --", "<script>", "__proto__", "constructor", "null"],
    ["é", "e\u0301", "İ", "i", "ß", "ss", "ﬁ", "fi", "日本", "🙂", "\u200Ba", "\uFEFFa", "\u0085"],
    [`${long}a`, `${long}b`, `${wide}a`, `${wide}b`],
  ].flat();
}
