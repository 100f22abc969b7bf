import { describe, expect, test, vi } from "vitest";
import type { FleetReply, FleetRequest } from "../../src/core/fleet-record.ts";
import { recordIn } from "../../src/core/stored-record.ts";
import { memoryStore } from "../../src/stores/memory-store.ts";
import { storeContract, type StoreContractOptions } from "../../src/testing.ts";
import { BenchStore, type Kept, type Way } from "./bench-store.ts";

const demands = {
  missing: "a circuit that nobody has told of is closed, and asking leaves nothing behind",
  seen: "what one client writes, the other reads at once",
  names: "circuits of different names are different, whatever is in the names",
  large: "large numbers come back as they were",
  broken: "what is no record is repaired: closed, said once, and it works from then on",
  newer: "a record of a newer version is left alone, and the step rejects with NewerRecord",
  trials: "of many who ask for a trial at once, as many get one as there are trials",
  reports: "of reports that come at once none is lost",
  commands: "of commands that come at once each makes a generation of its own",
  rivals: "of commands that come at once and know the same generation one is carried out",
  endings: "trials that end at once all count",
  opening: "an opening says how long it still lasts, and ends, however often somebody looks",
  holding: "a hold of a closed circuit that has an end says how long it still lasts, and ends",
  lease: "a trial that is never settled gives its place back after its lease",
  windows: "a report counts as long as its window, and no longer",
  expiry: "a record that nobody has written for 48 hours is as if it had never been",
  held: "a circuit held by a command is held for as long as somebody looks at it",
  shown: "a listing shows what is kept of each circuit as it is now, and changes nothing",
  named: "a listing shows circuits by their own names, whatever is in them",
  bounded: "a listing is no longer than was asked for, and says when there is more",
  noted: "a listing shows what was noted last: who commanded, what isolates are called",
  histories: "random histories are answered as by the pure step",
} satisfies Record<string, string>;

/** The names of the demands that the store does not meet, and what was said of each. */
async function brokenBy(make: () => BenchStore): Promise<Map<string, string>> {
  const store = make();
  const { advance, plant } = store;
  const broken = new Map<string, string>();
  for (const { name, run } of storeContract(store, { advance, plant })) {
    await run().catch((error: Error) => broken.set(name, error.message));
  }
  return broken;
}

test("a store that keeps the contract meets every demand", async () => {
  expect(await brokenBy(() => new BenchStore())).toEqual(new Map());
  const all = storeContract(new BenchStore(), { advance: () => {}, plant: () => {} });
  expect(all.map(({ name }) => name)).toEqual(Object.values(demands));
});

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const hour = 3_600_000;

type Change = (store: BenchStore, right: Way) => Partial<Way>;

/** What people do when they write a store, and the demand that finds it. */
const mutants: Array<[string, keyof typeof demands, Change]> = [
  ["reads, and writes later: not atomic", "trials", torn(() => true)],
  ["is not atomic for reports", "reports", torn(({ type }) => type === "report")],
  ["is not atomic for commands", "commands", torn(({ type }) => type === "open" || type === "close")],
  ["is not atomic for ends of trials", "endings", torn(({ type }) => type === "settle")],
  [
    "carries out commands whatever has changed since",
    "rivals",
    (_, { step }) => ({
      step: (text, request, ageMs) =>
        step(
          text,
          request.type === "open" || request.type === "close" ? { ...request, seen: -1 } : request,
          ageMs,
        ),
    }),
  ],
  [
    "loses a write now and then",
    "commands",
    (_, { write }) => {
      let writes = 0;
      return { write: (key, text) => (++writes % 5 === 0 ? undefined : write(key, text)) };
    },
  ],
  [
    "answers looks from a copy that is one write behind",
    "seen",
    (store, { read, write }) => {
      const copies = new Map<string, Kept | undefined>();
      return {
        read: (key, request) =>
          request.type === "read" && copies.has(key) ? copies.get(key) : read(key, request),
        write(key, text) {
          copies.set(key, store.kept.get(key));
          return write(key, text);
        },
      };
    },
  ],
  [
    "lists what was kept, not what has become of it",
    "shown",
    (store) => ({
      list: (most) => {
        const { now } = store;
        store.now = 0;
        const listed = store.listed(most);
        store.now = now;
        return Promise.resolve(listed);
      },
    }),
  ],
  [
    "lists circuits by their keys",
    "named",
    (_, { list }) => ({
      async list(most) {
        const listing = await list(most);
        const circuits = listing.circuits.map((each) => ({
          ...each,
          circuit: encodeURIComponent(each.circuit),
        }));
        return { ...listing, circuits };
      },
    }),
  ],
  ["lists everything, whatever was asked for", "bounded", (_, { list }) => ({ list: () => list(1e6) })],
  [
    "keeps the first note about each",
    "noted",
    (store, { note }) => ({
      note: (word) => {
        const isKnown = word.about === "circuit" ? store.commands.has(word.circuit) : false;
        return isKnown ? Promise.resolve() : note(word);
      },
    }),
  ],
  [
    "writes for a look at nothing",
    "missing",
    (_, { step }) => ({
      step(text, request, ageMs) {
        const closed = step(undefined, { ...request, type: "close", isForced: false }, 0).keep;
        return step(text ?? closed, request, ageMs);
      },
    }),
  ],
  ["lets no time pass", "opening", () => ({ ageOf: () => 0 })],
  [
    "holds for good what is to be held for a while",
    "holding",
    (_, { step }) => ({
      step: (text, request, ageMs) =>
        step(text, request.type === "close" ? { ...request, forMs: undefined } : request, ageMs),
    }),
  ],
  ["counts in seconds", "opening", (_, { ageOf }) => ({ ageOf: (kept) => ageOf(kept) / 1000 })],
  [
    "begins to count anew when somebody looks",
    "opening",
    (store, { read, ageOf }) => ({
      read(key, request) {
        const kept = read(key, request) as Kept | undefined;
        if (kept) store.kept.set(key, { ...kept, writtenAt: store.now });
        return kept;
      },
      ageOf,
    }),
  ],
  [
    "gives no lease back",
    "lease",
    changedRecord((record) => {
      for (const each of record.leases) each.leftMs = 100 * hour;
    }),
  ],
  [
    "never forgets a report",
    "windows",
    changedRecord((record) => {
      for (const each of record.votes) each.ageMs = -100 * hour;
    }),
  ],
  ["never forgets a record", "expiry", (_, { ageOf }) => ({ ageOf: (kept) => Math.min(ageOf(kept), hour) })],
  [
    "forgets after an hour",
    "held",
    (store, { read }) => ({
      read(key, request) {
        const kept = store.kept.get(key);
        return kept && store.now - kept.writtenAt > hour ? undefined : read(key, request);
      },
    }),
  ],
  ["has a column without case", "names", () => ({ keyOf: (circuit) => circuit.toLowerCase() })],
  ["has a column that cuts off", "names", () => ({ keyOf: (circuit) => circuit.slice(0, 255) })],
  ["trims names", "names", () => ({ keyOf: (circuit) => circuit.trim() })],
  ["normalizes names", "names", () => ({ keyOf: (circuit) => circuit.normalize("NFC") })],
  ["decodes names", "names", () => ({ keyOf: decoded })],
  ["breaks names off at a zero", "names", () => ({ keyOf: (circuit) => circuit.split("\0")[0]! })],
  [
    "falls over what is no record",
    "broken",
    (_, { step }) => ({
      step(text, ...rest) {
        if (text !== undefined) JSON.parse(text);
        return step(text, ...rest);
      },
    }),
  ],
  [
    "writes over a newer version",
    "newer",
    (_, { step }) => ({
      step(text, ...rest) {
        try {
          return step(text, ...rest);
        } catch {
          return step(undefined, ...rest);
        }
      },
    }),
  ],
  [
    "answers in texts",
    "seen",
    () => ({ answer: (reply) => ({ ...reply, generation: `${reply.generation}` }) }),
  ],
  [
    "leaves a part of the answer out",
    "missing",
    () => ({ answer: (reply) => ({ ...reply, isSuspect: undefined }) }),
  ],
  [
    "keeps 16 bits of a number",
    "large",
    (_, { step }) => ({
      step: (text, request, age) => step(text, { ...request, life: request.life & 0xffff }, age),
    }),
  ],
  [
    "has rules of its own",
    "histories",
    (_, { step }) => ({ step: (text, request, age) => step(text, { ...request, sharePercent: 50 }, age) }),
  ],
  [
    "takes each report for a new one, whatever its number",
    "histories",
    (_, { step }) => {
      let reports = 100;
      return {
        step: (text, request, age) =>
          step(text, request.type === "report" ? { ...request, sequence: ++reports } : request, age),
      };
    },
  ],
];

describe("a store that", () => {
  test.each(mutants)("%s does not pass (%s)", async (_what, demand, change) => {
    const broken = await brokenBy(() => new BenchStore(change));
    expect([...broken.keys()]).toContain(demands[demand]);
    // And what is said says what was expected, and what came.
    for (const message of broken.values())
      expect(message).toMatch(/expected .*; got |cannot be believed|JSON/s);
  });
});

const ofRules: Array<[string, Change]> = [
  [
    "sharePercent",
    (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, sharePercent: 50 }, age) }),
  ],
  ["quorum", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, quorum: 2 }, age) })],
  ["threshold", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, threshold: 3 }, age) })],
  ["trials", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, trials: 2 }, age) })],
  ["windowMs", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, windowMs: 1e9 }, age) })],
  [
    "leaseMs",
    (_, { step }) => ({
      step: (text, r, age) => step(text, r.type === "lease" ? { ...r, leaseMs: 1e9 } : r, age),
    }),
  ],
  ["concurrent", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, concurrent: 3 }, age) })],
  ["tolerated", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, tolerated: 0 }, age) })],
  ["everyMs", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, everyMs: 0 }, age) })],
  ["stayMs", (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, stayMs: 0 }, age) })],
  [
    "openMs",
    (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, openMs: [r.openMs[0]!] }, age) }),
  ],
  [
    "longestOpeningMs",
    (_, { step }) => ({ step: (text, r, age) => step(text, { ...r, longestOpeningMs: 1e9 }, age) }),
  ],
];

test.each(ofRules)(
  "the histories find a store that has its own %s, wherever chance begins",
  async (_rule, change) => {
    for (let seed = 1; seed <= 5; seed++) {
      const store = new BenchStore(change);
      const checks = storeContract(store, { advance: store.advance, seed });
      await expect(checks.at(-1)!.run(), `seed ${seed}`).rejects.toThrow("expected");
    }
  },
);

test("there is no demand that finds nothing", () => {
  const found = new Set<string>(mutants.map(([, demand]) => demand));
  expect(Object.keys(demands).filter((demand) => !found.has(demand))).toEqual([]);
});

test("a store whose clients each remember what they read last does not pass", async () => {
  const kept = new BenchStore();
  const checks = storeContract(() => {
    const memory = new Map<string, FleetReply>();
    return {
      async step(circuit, request) {
        const known = memory.get(circuit);
        if (request.type === "read" && known) return { ...known, isGranted: false };
        const reply = await kept.step(circuit, request);
        memory.set(circuit, reply);
        return reply;
      },
    };
  });
  await expect(checks.find(({ name }) => name === demands.seen)!.run()).rejects.toThrow(
    "expected state: closed",
  );
});

test.each([
  ["list", /^a listing/, 4],
  ["note", /^a listing shows what was noted/, 1],
] as const)(
  "where a store has no %s the check is left out, and the reason printed",
  async (part, names, times) => {
    const info = vi.spyOn(console, "info").mockImplementation(() => {});
    const context = { skip: vi.fn<(reason: string) => void>() };
    const kept = new BenchStore();
    const step: BenchStore["step"] = (circuit, request) => kept.step(circuit, request);
    const store = part === "list" ? { step } : { step, list: (most: number) => kept.list(most) };
    const checks = storeContract(store).filter(({ name }) => names.test(name));
    await Promise.all(checks.map(({ run }) => run(context)));
    const lines = info.mock.calls.flat().filter((line) => String(line).includes(`has no ${part}`));
    expect([checks.length, lines.length]).toEqual([times, times]);
    expect(context.skip).toHaveBeenCalledTimes(times);
    info.mockRestore();
  },
);

describe("without a way to make time pass", () => {
  test("it is waited for, and the demands of days are left out", async () => {
    const checks = storeContract(memoryStore(), { histories: 3 });
    expect(checks.map(({ name }) => name)).toEqual(
      Object.entries(demands)
        .filter(([key]) => !["broken", "newer", "expiry", "held"].includes(key))
        .map(([, name]) => name),
    );
    await Promise.all(checks.map(({ run }) => run()));
  });
});

test("the store may be opened by a function, for two clients", async () => {
  let opened = 0;
  const one = memoryStore();
  const checks = storeContract(() => {
    opened++;
    return Promise.resolve(one);
  });
  await checks[1]!.run();
  await checks[0]!.run();
  expect(opened).toBe(2);
});

test("the same seed gives the same histories, another gives others", async () => {
  const asked = async (seed: number): Promise<string> => {
    const heard: FleetRequest[] = [];
    const store = memoryStore();
    const checks = storeContract(
      {
        step(circuit, request) {
          heard.push(request);
          return store.step(circuit, request);
        },
      },
      { seed, histories: 2 },
    );
    await checks.at(-1)!.run();
    return JSON.stringify(heard);
  };
  expect(await asked(1)).toBe(await asked(1));
  expect(await asked(1)).not.toBe(await asked(2));
});

test.each([
  [{ advance: 5 }, '"advance" must be a function'],
  [{ plant: "x" }, '"plant" must be a function'],
  ["fast", '"options" must be an object'],
])("bad options are refused: %j", (options, message) => {
  expect(() => storeContract(memoryStore(), options as StoreContractOptions)).toThrow(message);
});

/** Between reading and writing, others have their turn. */
function torn(isTorn: (request: FleetRequest) => boolean): Change {
  return (_, { read }) => ({
    read(key, request) {
      const kept = read(key, request);
      return isTorn(request) ? turn().then(() => kept) : kept;
    },
  });
}

interface RecordParts {
  leases: Array<{ leftMs: number }>;
  votes: Array<{ ageMs: number }>;
}

function changedRecord(change: (record: RecordParts) => void): Change {
  return (_, { step }) => ({
    step(text, ...rest) {
      if (text === undefined || isNoRecord(text)) return step(text, ...rest);
      const record = JSON.parse(text) as RecordParts;
      change(record);
      return step(JSON.stringify(record), ...rest);
    },
  });
}

function isNoRecord(text: string): boolean {
  try {
    return recordIn(text) === undefined;
  } catch {
    return true;
  }
}

function decoded(circuit: string): string {
  try {
    return decodeURIComponent(circuit);
  } catch {
    return circuit;
  }
}
