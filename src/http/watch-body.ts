import { releasePlace, settleCall } from "../breaker/settle-call.ts";
import { settleWhenKnown } from "../breaker/conclude-call.ts";
import { createDeadline, within } from "../breaker/deadline.ts";
import { streamDelivered } from "../breaker/streamed-trials.ts";
import type { Duration } from "../core/duration.ts";
import { durationMs } from "../core/duration.ts";
import { anObject, invalid } from "../core/option.ts";
import { followedBody } from "./followed-body.ts";
import type { BodyWatch } from "./protected-fetch-options.ts";

export interface BodyWatchOptions {
  /**
   * The longest that a reader waits for the next chunk. Then it gets a `TimeoutError`, and that counts.
   *
   * @default "10s"
   */
  idleTimeout?: Duration | undefined;
}

/**
 * Counts a response by its body: one that breaks off or stalls after good headers is a failure, one that is read to its
 * end a success. A reader that leaves early, or one that never comes, leaves it at the good headers; a caller's abort
 * counts for nothing. The caller reads what it would have read, from a Response of the same status, headers and URL.
 *
 * @throws {TypeError | RangeError} for a bad duration
 * @example
 * createProtectedFetch({ watchBody: watchBody({ idleTimeout: "5s" }) });
 */
export function watchBody(options: BodyWatchOptions = {}): BodyWatch {
  const { idleTimeout = "10s" } = anObject("watchBody", options, ["idleTimeout"]);
  const idleMs = durationMs(idleTimeout);
  // A longer delay overflows a timer, which would then fire at once.
  if (!idleMs || idleMs >= 2 ** 31) {
    throw invalid("watchBody.idleTimeout", idleTimeout, 'a duration such as "5s", less than 24 days');
  }
  const untilNextPart = createDeadline(idleMs);
  const untilReader = createDeadline(idleMs, false);

  return {
    watch(call, response, judge) {
      let begin!: () => void;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const succeeded = (): void => settleCall(call, "success");

      releasePlace(call);
      // A body that nobody reads must not hold the call's place.
      within(untilReader, begun, "waiting for a reader").catch(succeeded);

      return followedBody(response, {
        begun: begin,
        part: () => streamDelivered(call),
        whole: succeeded,
        left: succeeded,
        broken: (error) => settleWhenKnown(call, judge(error), error),
        read: (reader) =>
          within(
            untilNextPart,
            reader.read(),
            "waiting for the next part of the body",
            (reason) => void reader.cancel(reason).catch(() => {}),
          ),
      });
    },
  };
}
