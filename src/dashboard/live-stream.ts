import { monotonicClock } from "../runtime/clock.ts";
import type { Fragments } from "./fragments.ts";

const everyMs = 1000;
/** Proxies cut connections that say nothing for longer. */
const silenceMs = 15_000;
/** A stream ends by itself: the browser comes again, and by then perhaps with another authorization. */
const lifeMs = 10 * 60_000;
const mostStreams = 20;

let streams = 0;

/** Server-sent events (WHATWG HTML §9.2): the page's parts whenever they have changed. `undefined` when there are too many. */
export function liveStream(
  look: () => Fragments,
  signal: AbortSignal,
): ReadableStream<Uint8Array> | undefined {
  if (streams >= mostStreams) return undefined;
  streams++;
  const encoder = new TextEncoder();
  const beganAt = monotonicClock.now();
  let sent = "";
  let sentAt = beganAt;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasEnded = false;

  function end(): void {
    if (hasEnded) return;
    hasEnded = true;
    streams--;
    clearTimeout(timer);
  }

  return new ReadableStream({
    start(controller) {
      const tick = (): void => {
        const now = monotonicClock.now();
        const data = JSON.stringify(look());
        if (data !== sent) controller.enqueue(encoder.encode(`retry: 2000\ndata: ${data}\n\n`));
        else if (now - sentAt > silenceMs) controller.enqueue(encoder.encode(": still here\n\n"));
        if (data !== sent || now - sentAt > silenceMs) sentAt = now;
        sent = data;
        if (now - beganAt < lifeMs) timer = setTimeout(tick, everyMs);
        else {
          end();
          controller.close();
        }
      };
      signal.addEventListener("abort", end, { once: true });
      tick();
    },
    cancel: end,
  });
}
