import { beforeEach, expect, test, vi } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { logTo } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);

type Line = (...args: unknown[]) => void;

async function openAndClose(): Promise<void> {
  const refused = Object.assign(new Error("secret"), { code: "ECONNREFUSED" });
  const call = protect(() => Promise.reject(refused), { name: "payments", failureThreshold: 1 });
  await call().catch(() => {});
  circuits.get("payments")!.close();
}

test("the console gets one line of JSON for each change, and none for calls", async () => {
  const console = { info: vi.fn<Line>(), warn: vi.fn<Line>() };
  circuits.subscribe(logTo(console));
  await openAndClose();
  expect(console.warn.mock.calls.map(([line]) => JSON.parse(line as string) as object)).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      level: "warn",
      message: "circuit closed -> open",
      type: "circuit.changed",
      circuit: "payments",
      from: "closed",
      to: "open",
      reason: "calls",
      figures: { rule: "consecutive-failures", failures: 1 },
      failure: "ECONNREFUSED",
    },
  ]);
  expect(console.warn.mock.calls[0]![0]).not.toContain("secret");
  expect(console.info).toHaveBeenCalledTimes(1);
  expect(console.info.mock.calls[0]![0]).toContain('"reason":"command"');
});

test.each([undefined, null, "console", { info: () => {} }])(
  "%j is no logger and is refused: else nothing would ever be logged",
  (logger) => {
    expect(() => logTo(logger as never)).toThrow(/"logger" must be a logger with info\(\) and warn\(\)/);
  },
);

test("a logger of fields gets the fields and a message", async () => {
  const pino = { info: vi.fn<Line>(), warn: vi.fn<Line>(), child: () => undefined };
  circuits.subscribe(logTo(pino));
  await openAndClose();
  expect(pino.warn).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({
      type: "circuit.changed",
      circuit: "payments",
      from: "closed",
      to: "open",
      reason: "calls",
      failure: "ECONNREFUSED",
    }),
    "circuit closed -> open",
  );
});

test("winston gets the message first, though it has children as pino has", async () => {
  const winston = { info: vi.fn<Line>(), warn: vi.fn<Line>(), child: () => undefined, transports: [] };
  circuits.subscribe(logTo(winston));
  await openAndClose();
  const fields = expect.objectContaining({ circuit: "payments", failure: "ECONNREFUSED" }) as object;
  expect(winston.warn).toHaveBeenCalledExactlyOnceWith("circuit closed -> open", fields);
});

test("a circuit that is only observed is logged as what it is", async () => {
  const console = { info: vi.fn<Line>(), warn: vi.fn<Line>() };
  circuits.subscribe(logTo(console));
  await protect(() => Promise.reject(new Error("no")), {
    name: "payments",
    failureThreshold: 1,
    enabled: "observe",
  })().catch(() => {});
  expect(console.warn.mock.calls[0]![0]).toContain('"mode":"observe"');
});

test("a logger that throws breaks nothing", async () => {
  const fails = (): never => JSON.parse("{") as never;
  circuits.subscribe(logTo({ info: fails, warn: fails }));
  await openAndClose();
  expect(circuits.get("payments")!.state).toBe("closed");
});

test.each([
  ["development", 2],
  ["production", 2],
  ["test", 0],
])("in %s, with no listener at all, %i changes are told", async (mode, times) => {
  vi.stubEnv("NODE_ENV", mode);
  const spies = (["info", "warn"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => {}),
  );
  await openAndClose();
  const lines = spies.flatMap((spy) => spy.mock.calls);
  const told = lines.filter(([line]) => String(line).includes('"payments"'));
  expect(told).toHaveLength(times);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test("a store that is lost and found again is worth a line each", () => {
  const pino = { info: vi.fn<Line>(), warn: vi.fn<Line>(), child: () => undefined };
  const log = logTo(pino);
  log({ type: "store.failed", circuit: "payments" });
  log({ type: "store.recovered", circuit: "payments" });
  const said = [...pino.warn.mock.calls, ...pino.info.mock.calls].map(([, message]) => message);
  expect(said).toEqual(["circuit lost its shared store", "circuit has its shared store again"]);
});
