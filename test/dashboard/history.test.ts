import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { registry } from "../../src/breaker/registry.ts";
import { Buckets } from "../../src/dashboard/buckets.ts";
import { entryInWords } from "../../src/dashboard/entry-in-words.ts";
import { circuitReports, minutesOf, slicesOf } from "../../src/dashboard/circuit-report.ts";
import { History, mostBytes } from "../../src/dashboard/history.ts";
import { quantileMs } from "../../src/dashboard/latency.ts";
import { memory } from "../../src/dashboard/remember.ts";
import { createDashboard, remember } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { monotonicClock } from "../../src/runtime/clock.ts";
import { freshHistory } from "./fresh-history.ts";

let now = 0;

beforeEach(() => {
  now = 1e9;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(monotonicClock, "now").mockImplementation(() => now);
  freshHistory();
});
afterEach(() => {
  remember()();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function pass(ms: number): Promise<void> {
  now += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

/** A call of the circuit that takes so long. */
function call(ms: number, fails = false, name = "api"): Promise<unknown> {
  const work = protect(
    () => {
      now += ms;
      return fails ? Promise.reject(new RangeError("down")) : Promise.resolve("fine");
    },
    { name, failureThreshold: 2, resetTimeout: "30s" },
  );
  return work().catch(() => undefined);
}

const sliceNow = () => slicesOf(memory().look(), "api", now).at(-1);
const measured = () =>
  memory()
    .look(false)
    .past("api")!
    .buckets!.fine.latency(30, now)
    .reduce((sum, each) => sum + each, 0);
const report = () =>
  circuitReports(memory().look(), { now, epoch: Date.now() }).find(({ name }) => name === "api")!;

describe("counts in time", () => {
  test("are in slices of ten seconds for five minutes, and in minutes for an hour", async () => {
    await call(100);
    await call(300);
    await call(50, true);
    expect(sliceNow()).toMatchObject({ succeeded: 2, failed: 1, refused: 0, observed: 0 });
    now += 10_000;
    await call(7);
    const history = memory().look();
    const fine = slicesOf(history, "api", now);
    expect(fine).toHaveLength(30);
    expect(fine.slice(-2).map(({ succeeded }) => succeeded)).toEqual([2, 1]);
    expect(minutesOf(history, "api", now).reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(3);
    now += 300_000;
    expect(slicesOf(history, "api", now).every(({ succeeded, failed }) => succeeded + failed === 0)).toBe(
      true,
    );
    expect(minutesOf(history, "api", now).reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(3);
    now += 3_600_000;
    expect(minutesOf(history, "api", now).reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(0);
  });

  test("are kept while nobody looks", async () => {
    await call(1, true);
    await pass(10_000);
    await call(1, true);
    await call(1);
    await pass(10_000);
    const counts = slicesOf(memory().history, "api", now).map(({ failed, refused }) => failed + refused);
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(3);
    expect(counts.slice(-3)).toEqual([1, 1, 1]);
  });

  test("tell observed calls from refused ones", async () => {
    const observed = protect(() => Promise.resolve(1), { name: "api", enabled: "observe" });
    await observed();
    circuits.get("api")!.open();
    await observed();
    await observed();
    expect(sliceNow()).toMatchObject({ refused: 0, observed: 2 });
    expect(report()).toMatchObject({ mode: "observe", totals: { refused: 0, observed: 2 } });
  });

  test("take no more memory than is said, however many circuits there are", async () => {
    circuits.limit(3000);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 2500; i++) await call(0, false, `tenant ${i}`);
    const history = memory().look();
    const holders = [...history.pasts()].filter(([, { buckets }]) => buckets);
    const bytes = holders.length * (Buckets.bytes(30) + Buckets.bytes(60));
    expect(bytes).toBeLessThanOrEqual(mostBytes);
    expect(bytes).toBeGreaterThan(mostBytes * 0.9);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(mostBytes * 4);
    circuits.limit(1000);
  });
});

describe("what happened before anybody looked", () => {
  test("is known: when it began, what failed first, what each trial found", async () => {
    await call(100);
    await call(100, true);
    await call(100, true);
    const openedAt = memory().history.journal.incidents[0]!.beganAt;
    for (let trial = 0; trial < 4; trial++) {
      now += 31_000;
      await call(5, true);
    }
    const { journal } = memory().look();
    expect(journal.entries.map(({ kind, times, failure }) => [kind, times, failure])).toEqual([
      ["trial failed", 4, "RangeError"],
      ["opened", 1, "RangeError"],
    ]);
    expect(journal.entries[1]!.figures).toMatchObject({ calls: 3, failed: 2 });
    expect(report()).toMatchObject({ state: "open", openedBy: "RangeError" });
    expect(report().notClosedSince).toBeCloseTo(openedAt, -2);
    now += 31_000;
    await call(5);
    await call(5);
    expect(journal.incidents[0]!.endedAt).toBeGreaterThanOrEqual(openedAt);
    expect(journal.entries[0]!.kind).toBe("closed");
    expect(report().notClosedSince).toBeUndefined();
  });

  test("is told by a circuit that was open already when remembering began", () => {
    remember()();
    circuits.register("api").open();
    now += 5000;
    const past = report();
    expect(past.notClosedSince).toBeDefined();
    expect(past.state).toBe("open");
  });

  test("stays bounded: lines, and incidents; those under way are kept longest", () => {
    const journal = memory().history.journal;
    circuits.register("long").open();
    for (let i = 0; i < 500; i++) {
      circuits.register("flaps").open();
      circuits.get("flaps")!.close();
    }
    expect(journal.entries.length).toBe(300);
    expect(journal.incidents.length).toBe(50);
    expect(journal.underWay("long")).toBeDefined();
  });
});

describe("calls pay nothing", () => {
  test("once enough of them have been measured, until the next ten seconds", async () => {
    const listeners = registry().listeners;
    expect(listeners.size).toBe(1);
    for (let i = 0; i < 200; i++) await call(1);
    expect(listeners.size).toBe(0);
    await call(1);
    await pass(10_000);
    expect(listeners.size).toBe(1);
    await call(1);
    expect(measured()).toBe(201);
  });

  test("but while somebody looks every call is measured", async () => {
    memory().look();
    for (let i = 0; i < 300; i++) await call(1);
    expect(measured()).toBe(300);
    now += 61_000;
    for (let i = 0; i < 201; i++) await call(1);
    expect(registry().listeners.size).toBe(0);
  });

  test("and nothing of them is told to a watcher but changes of state", async () => {
    const history = new History();
    const changed = vi.spyOn(history, "changed");
    await call(1);
    expect(changed).not.toHaveBeenCalled();
  });
});

describe("the timer", () => {
  test("keeps no process alive", () => {
    const unref = vi.fn<() => void>();
    remember()();
    vi.spyOn(globalThis, "setTimeout").mockReturnValue({ unref } as never);
    createDashboard();
    expect(unref).toHaveBeenCalledTimes(1);
  });

  test("is not started where it could not be let go, nor in a build", () => {
    remember()();
    const clear = vi.spyOn(globalThis, "clearTimeout");
    vi.spyOn(globalThis, "setTimeout").mockReturnValue(7 as never);
    remember();
    expect(clear).toHaveBeenCalledWith(7);
    remember()();
    vi.stubEnv("NEXT_PHASE", "phase-production-build");
    const set = vi.spyOn(globalThis, "setTimeout").mockClear();
    createDashboard();
    remember();
    expect(set).not.toHaveBeenCalled();
    vi.unstubAllEnvs();
  });
});

test("a record of another version in the registry hides nothing else", async () => {
  await call(1);
  registry().breakers.set("alien", { name: "alien", totals: {}, phase: { state: "melting" } } as never);
  const names = circuitReports(memory().look(), { now, epoch: 0 }).map(({ name }) => name);
  expect(names).toEqual(["api"]);
  registry().breakers.delete("alien");
});

test.each<[what: string, thrown: unknown, kind: string]>([
  ["an object without a prototype", Object.create(null), "Error"],
  ["an error named by a symbol", Object.assign(new Error("no"), { name: Symbol("no") }), "Error"],
  [
    "an error whose getters throw",
    Object.defineProperty(new Error("no"), "name", { get: () => JSON.parse("{") }),
    "Error",
  ],
])("a failure that is %s does not break what is shown", async (_what, thrown, kind) => {
  const work = protect(() => Promise.reject(thrown as Error), { name: "api", failureThreshold: 1 });
  await work().catch(() => {});
  const { fetch } = createDashboard({ authorize: () => true });
  for (const path of ["", "/circuits", "/metrics", "/live", "/incidents", "/incidents/1.md"]) {
    const response = await fetch(new Request(`http://localhost/protego${path}`));
    expect(response.status).toBe(200);
    await response.text();
  }
  expect(report().lastFailure).toBe(kind);
});

test.each([
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], undefined],
  [[100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4.75],
  [[90, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0], 175],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], 10_000],
])("of %j, 95 of 100 were faster than %s ms", (counts, expected) => {
  expect(quantileMs(counts, 0.95)).toBe(expected);
});

describe("what code commands is in the timeline", () => {
  const told = (circuit = "api") =>
    memory()
      .look()
      .journal.entries.filter((entry) => entry.circuit === circuit)
      .map((entry) => entryInWords(entry))
      .toReversed();

  test("as what it is: a hold is told as one, with whose it is, and for how long", () => {
    const circuit = circuits.register("api");
    memory();
    circuit.open({ forced: true, by: "ada" });
    circuit.close({ for: "10m", by: "ada" });
    circuit.open({ forced: true });
    circuit.halfOpen({ by: "ada" });
    circuit.close();
    expect(told()).toEqual([
      "held open until another command by ada",
      "held closed for 10 min by ada",
      "held open until another command by the app",
      "let trials through by ada",
      "closed by command",
    ]);
  });

  test("also where no state changes: a hold of what is open, its release, another length", () => {
    const circuit = circuits.register("api");
    memory();
    circuit.open();
    circuit.open({ forced: true, by: "deploy" });
    circuit.open({ by: "ada" });
    circuit.open({ for: "90s" });
    expect(told()).toEqual([
      "opened by command",
      "held open until another command by deploy",
      "opened for 60 s by ada",
      "opened for 90 s by the app",
    ]);
  });

  test("and once, however often it is commanded: code may do so at each call", () => {
    const circuit = circuits.register("api");
    memory();
    for (let count = 0; count < 500; count++) circuit.close({ forced: true, by: "flag" });
    circuit.open();
    for (let count = 1; count <= 500; count++) circuit.open({ for: count * 1000 });
    for (let count = 0; count < 500; count++) circuit.reset();
    expect(told()).toEqual([
      "held closed until another command by flag, 500 times",
      "opened by command",
      "opened for 8 min by the app, 500 times",
      "closed by command",
    ]);
  });

  test("a command of the page is told once, in its own words", () => {
    const circuit = circuits.register("api");
    const at = { now, epoch: 0 };
    const command = { action: "hold-open", who: "ada", why: "deploy" } as const;
    circuit.open();
    memory().look().command(circuit, command, at);
    expect(told()).toEqual(["opened by command", "held open until another command by ada: deploy"]);
  });
});
