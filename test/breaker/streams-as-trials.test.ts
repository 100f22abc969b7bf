import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, protect } from "../../src/index.ts";
import { watchBody } from "../../src/options.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(() => {
  resetCircuits();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const partMs = 100;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An upstream whose answers take as long as they are told, a part every 100 ms; broken until it is healed. */
class Upstream {
  isHealthy = false;
  running = 0;

  readonly parts: number;

  constructor(parts: number) {
    this.parts = parts;
  }

  async *items(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    if (!this.isHealthy) throw new Error("down");
    this.running++;
    try {
      for (let part = 0; part < this.parts; part++) {
        // oxlint-disable-next-line no-await-in-loop
        await pause(partMs);
        yield new Uint8Array([part]);
      }
    } finally {
      this.running--;
    }
  }
}

const options = { name: "stream", resetTimeout: "1s", failureThreshold: 2 } as const;

const ways: Array<[string, (upstream: Upstream, halfOpenRetries: number) => () => Promise<number>]> = [
  [
    "a generator",
    (upstream, halfOpenRetries) => {
      const items = protect(() => upstream.items(), { ...options, halfOpenRetries, timeout: 300 });
      const generator = protect(
        async function* () {
          yield* upstream.items();
        },
        { ...options, halfOpenRetries, timeout: 300 },
      );
      let calls = 0;
      return async () => {
        let parts = 0;
        for await (const _ of calls++ % 2 ? items() : generator()) parts++;
        return parts;
      };
    },
  ],
  [
    "a watched body",
    (upstream, halfOpenRetries) => {
      const fetch = createProtectedFetch({
        ...options,
        halfOpenRetries,
        timeout: "1s",
        watchBody: watchBody({ idleTimeout: "1s" }),
        fetch: (() =>
          upstream.isHealthy
            ? Promise.resolve(new Response(Readable.toWeb(Readable.from(upstream.items())) as ReadableStream))
            : Promise.reject(new TypeError("fetch failed"))) as never,
      });
      return async () => {
        const { body } = await fetch("https://stream.test/");
        let parts = 0;
        for await (const _ of body as unknown as AsyncIterable<unknown>) parts++;
        return parts;
      };
    },
  ],
];

describe.each(ways)("%s", (_way, protectedBy) => {
  test.each([
    [4, 1],
    [4, 2],
    [60, 1],
    [60, 3],
  ])(
    "of %s s, with a call every 250 ms and halfOpenRetries %s, closes within a lease of healing",
    async (seconds, retries) => {
      const upstream = new Upstream((seconds * 1000) / partMs);
      const read = protectedBy(upstream, retries);
      const outcomes: unknown[] = [];
      const call = (): void =>
        void read().then(
          (parts) => outcomes.push(parts),
          (error: unknown) => outcomes.push(error),
        );
      const circuit = () => circuits.get("stream")!;
      for (let i = 0; i < 8; i++) {
        call();
        // oxlint-disable-next-line no-await-in-loop
        await vi.advanceTimersByTimeAsync(250);
      }
      expect(circuit().state).not.toBe("closed");
      upstream.isHealthy = true;
      let openFor = 0;
      for (; circuit().state !== "closed" && openFor < 30_000; openFor += 250) {
        call();
        // oxlint-disable-next-line no-await-in-loop
        await vi.advanceTimersByTimeAsync(250);
        const trials = circuit().state === "half-open" ? upstream.running : 0;
        expect(trials).toBeLessThanOrEqual(retries);
      }
      // One reset timeout until the trials, one lease (the timeout and a second) for them, and the steps between.
      expect(openFor).toBeLessThanOrEqual(1000 + 2000 + 250 * (retries + 1));
      for (let i = 0; i < 4; i++) call();
      await vi.advanceTimersByTimeAsync((seconds + 2) * 1000);
      expect(outcomes.filter((outcome) => outcome === upstream.parts).length).toBeGreaterThanOrEqual(
        4 + retries,
      );
      expect(circuit().snapshot()).toMatchObject({ state: "closed", inFlight: 0, failures: 0 });
    },
  );
});

test("a stream that passed its trial and breaks later counts in the phase in which it breaks", async () => {
  const { name: _, timeout: __, ...own } = options as Record<string, unknown>;
  circuits.register("stream", { ...own, failureThreshold: 1, halfOpenRetries: 1 }).halfOpen();
  const read = protect(
    async function* () {
      for (let part = 0; part < 40; part++) {
        // oxlint-disable-next-line no-await-in-loop
        await pause(partMs);
        yield part;
      }
      throw new Error("broke late");
    },
    { ...options, failureThreshold: 1, halfOpenRetries: 1, timeout: 300 },
  );
  const ended = (async () => {
    for await (const _ of read());
  })().catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(2000);
  expect(circuits.get("stream")!.state).toBe("closed");
  await vi.advanceTimersByTimeAsync(2500);
  expect(await ended).toBe("broke late");
  expect(circuits.get("stream")!.state).toBe("open");
});
