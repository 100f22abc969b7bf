/**
 * The promise, or a `TimeoutError` when it takes longer. The work itself goes on unless `abort` ends it; what
 * becomes of it then is nobody's concern any more.
 */
export function withDeadline<Value>(
  promise: PromiseLike<Value>,
  timeoutMs: number,
  what: string,
  abort?: (reason: DOMException) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new DOMException(`${what} took longer than ${timeoutMs} ms`, "TimeoutError");
      reject(error);
      abort?.(error);
    }, timeoutMs);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
