/** What undici's fetch hands to a dispatcher, in the older form and the newer one. */
interface Handler {
  onConnect?(abort: (reason?: Error) => void): void;
  onHeaders?(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean;
  onComplete?(trailers: Buffer[]): void;
  onError?(error: Error): void;
  onRequestStart?(controller: object, context: object): void;
  onResponseStart?(controller: object, status: number, headers: object, statusText: string): void;
  onResponseEnd?(controller: object, trailers: object): void;
  onResponseError?(controller: object, error: Error): void;
}

/** Where fetch looks for the dispatcher of the process: older lines of Node, and newer ones. */
const places = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));

/**
 * Puts a dispatcher in the place of the process's own: it answers every fetch at once, so that of a call nothing is
 * left but what fetch and whoever wraps it do.
 */
export function answerAtOnce(): { fail: boolean } {
  const instant = {
    fail: false,
    dispatch(_: object, handler: Handler): boolean {
      queueMicrotask(() => (instant.fail ? breakOff(handler) : answer(handler)));
      return true;
    },
  };
  for (const place of places) Object.defineProperty(globalThis, place, { value: instant, writable: true });
  return instant;
}

function answer(handler: Handler): void {
  if (handler.onRequestStart) {
    const controller = { abort() {}, pause() {}, resume() {}, rawHeaders: [] };
    handler.onRequestStart(controller, {});
    handler.onResponseStart!(controller, 204, {}, "No Content");
    handler.onResponseEnd!(controller, {});
  } else {
    handler.onConnect!(() => {});
    handler.onHeaders!(204, [], () => {}, "No Content");
    handler.onComplete!([]);
  }
}

function breakOff(handler: Handler): void {
  const error = new Error("the connection broke");
  if (handler.onRequestStart) handler.onResponseError!({ abort() {} }, error);
  else handler.onError!(error);
}
