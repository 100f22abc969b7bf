import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { eventOf, liveStream, places } from "../../src/dashboard/live-stream.ts";
import { leaseMs, mostStreams } from "../../src/dashboard/stream-places.ts";
import { History } from "../../src/dashboard/history.ts";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits } from "../../src/index.ts";
import { monotonicClock } from "../../src/runtime/clock.ts";

let now = 1e6;

beforeEach(() => {
  now += 1e7;
  vi.spyOn(monotonicClock, "now").mockImplementation(() => now);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function pass(ms: number): Promise<void> {
  now += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

const text = ({ value }: { value?: Uint8Array | undefined }): string => new TextDecoder().decode(value);
const never = new AbortController().signal;
const headers = { host: "localhost" };
const events = (init: RequestInit = {}) =>
  new Request("http://localhost/protego/events", { headers, ...init });
const context = { params: Promise.resolve({ path: ["events"] }) };

/** So many streams are answered before one is refused. */
function freePlaces(): number {
  let free = 0;
  while (liveStream(() => eventOf("x"), never)) free++;
  now += leaseMs + 1;
  return free;
}

describe("a place comes free", () => {
  test("when a reader has been silent for half a minute, without a word from the runtime", async () => {
    const streams = Array.from({ length: mostStreams }, () => liveStream(() => eventOf(`${now}`), never)!);
    const readers = streams.map((stream) => stream.getReader());
    await Promise.all(readers.map((reader) => reader.read()));
    expect(liveStream(() => eventOf("x"), never)).toBeUndefined();
    now += leaseMs + 1;
    expect(freePlaces()).toBe(mostStreams);
  });

  test("when its reader cancels, and when the request is aborted", async () => {
    const aborted = new AbortController();
    const first = liveStream(() => eventOf("x"), never)!;
    const second = liveStream(() => eventOf("x"), aborted.signal)!;
    const reader = second.getReader();
    await reader.read();
    expect(places.taken).toBe(2);
    await first.cancel();
    aborted.abort();
    expect(places.taken).toBe(0);
  });

  test("when what it shows throws", async () => {
    const stream = liveStream(() => JSON.parse("{") as Uint8Array, never)!;
    await expect(stream.getReader().read()).rejects.toThrow(SyntaxError);
    expect(places.taken).toBe(0);
  });
});

describe("no place is taken", () => {
  test("by HEAD", async () => {
    const { GET } = createDashboard({ authorize: () => true });
    for (let request = 0; request <= mostStreams; request++) {
      const answer = await GET(events({ method: "HEAD" }), context);
      expect([answer.status, answer.body]).toEqual([200, null]);
    }
    expect(places.taken).toBe(0);
  });

  test("by visitors who leave while an asynchronous authorize is pending", async () => {
    for (let visitor = 0; visitor <= mostStreams; visitor++) {
      const left = new AbortController();
      const { GET } = createDashboard({
        authorize: async () => {
          left.abort();
          return Promise.resolve(true);
        },
      });
      await GET(events({ signal: left.signal }), context);
    }
    expect(places.taken).toBe(0);
  });
});

test("all readers of a second share one look, and who sees the same is sent the same bytes", async () => {
  const sample = vi.spyOn(History.prototype, "sample");
  const { GET } = createDashboard({ authorize: () => true });
  const answers = await Promise.all(Array.from({ length: mostStreams }, () => GET(events(), context)));
  const readers = answers.map(({ body }) => body!.getReader());
  const first = await Promise.all(readers.map((reader) => reader.read()));
  expect(new Set(first.map(({ value }) => value)).size).toBe(1);
  circuits.register("a new one");
  const looks = sample.mock.calls.length;
  const next = Promise.all(readers.map((reader) => reader.read()));
  await pass(1000);
  expect(sample.mock.calls.length - looks).toBe(1);
  expect(new Set((await next).map(({ value }) => value)).size).toBe(1);
  await Promise.all(readers.map((reader) => reader.cancel()));
});

describe("a reader", () => {
  test("hears of changes once a second, and of nothing else", async () => {
    let value = "1";
    let asked = 0;
    const look = vi.fn<() => Uint8Array | undefined>(() => (asked++ % 2 === 0 ? eventOf(value) : undefined));
    const reader = liveStream(look, never)!.getReader();
    expect(text(await reader.read())).toBe("retry: 2000\ndata: 1\n\n");
    value = "2";
    const next = reader.read();
    await pass(0);
    await pass(999);
    expect(look).toHaveBeenCalledTimes(1);
    await pass(1);
    await pass(1000);
    expect(text(await next)).toBe("retry: 2000\ndata: 2\n\n");
    await reader.cancel();
  });

  test("that stalls is not looked for, and goes on with what is new then", async () => {
    const look = vi.fn<() => Uint8Array>(() => eventOf(`${now}`));
    const reader = liveStream(look, never)!.getReader();
    await reader.read();
    await pass(leaseMs - 1000);
    expect(look).toHaveBeenCalledTimes(1);
    expect(text(await reader.read())).toContain(`data: ${now}`);
    expect(look).toHaveBeenCalledTimes(2);
    await reader.cancel();
  });

  test("whose place has gone to others meanwhile comes again", async () => {
    const reader = liveStream(() => eventOf(`${now}`), never)!.getReader();
    await reader.read();
    now += leaseMs + 1;
    const others = Array.from({ length: mostStreams }, () => liveStream(() => eventOf("x"), never)!);
    expect(others).not.toContain(undefined);
    expect((await reader.read()).done).toBe(true);
    await Promise.all(others.map((stream) => stream.cancel()));
  });

  test("hears that it is still heard after five seconds without news, and the end after ten minutes", async () => {
    let said = "first";
    const reader = liveStream(() => {
      const next = said;
      said = "";
      return next === "" ? undefined : eventOf(next);
    }, never)!.getReader();
    await reader.read();
    const sign = reader.read();
    for (let second = 0; second < 7; second++) await pass(1000);
    expect(text(await sign)).toBe("event: still-here\ndata: 1\n\n");
    now += 10 * 60_000;
    const end = reader.read();
    await pass(1000);
    expect((await end).done).toBe(true);
    expect(places.taken).toBe(0);
  });
});
