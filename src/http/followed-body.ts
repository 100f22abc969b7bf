import { asFetched } from "./as-fetched.ts";

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** What may be learned of a body while its reader reads. */
export interface Follower {
  /** How one part is read. By default as the reader asks for it, without a bound. */
  read?(reader: Reader): ReturnType<Reader["read"]>;
  /** The reader has come: to read, or to say that it will not. */
  begun?(): void;
  part?(bytes: Uint8Array): void;
  /** Read to its end. */
  whole(): void;
  broken?(error: unknown): void;
  /** The reader left before the end. */
  left?(): void;
}

/**
 * The same response, and word of how its body is read. Nothing is read ahead of the reader, and nothing after it left;
 * a clone would go on to the end. The body is no byte stream: it has no BYOB readers. A body that is no stream of the web
 * (node-fetch has Node's), or that somebody reads already, cannot be followed: its response stays as it is, and its reader
 * as good as left.
 */
export function followedBody(response: Response, follower: Follower): Response {
  if (typeof response.body?.getReader !== "function" || response.bodyUsed || response.body.locked) {
    follower.left?.();
    return response;
  }
  let reader: Reader | undefined;
  // Locked no sooner than it is read: a response that is dropped unread is closed by the runtime, if nobody locked it.
  const source = (): Reader => (reader ??= response.body!.getReader());
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        follower.begun?.();
        try {
          const { done, value } = await (follower.read?.(source()) ?? source().read());
          if (done) {
            follower.whole();
            controller.close();
          } else {
            follower.part?.(value);
            controller.enqueue(value);
          }
        } catch (error) {
          follower.broken?.(error);
          controller.error(error);
        }
      },
      cancel(reason) {
        follower.begun?.();
        follower.left?.();
        return source().cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const { status, statusText, headers } = response;
  return asFetched(new Response(body, { status, statusText, headers }), response);
}
