import { monotonicClock } from "../runtime/clock.ts";
import { type Place, StreamPlaces } from "./stream-places.ts";

const everyMs = 1000;
/** A reader that hears nothing for longer cannot know whether it still hears; and proxies cut silent connections. */
const silenceMs = 5000;
/** A stream ends by itself: the browser comes again, and by then perhaps with another authorization. */
const lifeMs = 10 * 60_000;

export const places = new StreamPlaces();

/**
 * Server-sent events (WHATWG HTML §9.2): what `changes` tells, asked once a second, and only when the reader has taken
 * what came before. A reader that stalls costs one message of memory and no time.
 *
 * @param changes what has changed since it was last asked, by `eventOf`; `undefined` for nothing
 * @returns `undefined` when there are too many streams
 */
export function liveStream(
  changes: () => Uint8Array | undefined,
  signal: AbortSignal,
): ReadableStream<Uint8Array> | undefined {
  if (signal.aborted) return new ReadableStream({ start: (controller) => controller.close() });
  const place = places.take(monotonicClock.now());
  return place && streamIn(place, changes, signal);
}

/** A message, which may go out to many. */
export function eventOf(data: string): Uint8Array {
  return new TextEncoder().encode(`retry: 2000\ndata: ${data}\n\n`);
}

function stillHere(): Uint8Array {
  return new TextEncoder().encode("event: still-here\ndata: 1\n\n");
}

function streamIn(
  place: Place,
  changes: () => Uint8Array | undefined,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const beganAt = monotonicClock.now();
  let sentAt = beganAt;
  let askedAt = -Infinity;
  let wake = (): void => {};
  let hasEnded = false;

  function end(): void {
    hasEnded = true;
    place.leave();
    signal.removeEventListener("abort", end);
    wake();
  }

  /** Waits for the next look, in the request that the stream belongs to: on Workers no other may wake it. */
  function untilNextLook(): Promise<void> {
    const waitMs = askedAt + everyMs - monotonicClock.now();
    if (!(waitMs > 0)) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: unknown = setTimeout(resolve, waitMs);
      (timer as { unref?(): void }).unref?.();
      wake = () => {
        clearTimeout(timer as number);
        resolve();
      };
    });
  }

  async function nextMessage(): Promise<Uint8Array | undefined> {
    for (;;) {
      await untilNextLook();
      const now = monotonicClock.now();
      askedAt = now;
      if (hasEnded || now - beganAt >= lifeMs || !place.renew(now)) return undefined;
      const data = changes();
      if (data !== undefined) return data;
      if (now - sentAt > silenceMs) return stillHere();
    }
  }

  signal.addEventListener("abort", end, { once: true });
  return new ReadableStream(
    {
      // Asked only when somebody reads: nothing runs for a stream that nobody has begun to read.
      async pull(controller) {
        try {
          const message = await nextMessage();
          sentAt = monotonicClock.now();
          if (message !== undefined) return controller.enqueue(message);
          end();
          controller.close();
        } catch (error) {
          end();
          throw error;
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}
