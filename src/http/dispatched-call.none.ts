/** Ends one call without a signal: stands in `init` for its dispatcher. */
export interface DispatchedCall {
  abort(reason: DOMException): void;
}

/** Where fetch knows no dispatchers there are no such calls: each has a signal. */
export function dispatchedCall(
  _fetch: typeof globalThis.fetch,
  _input: unknown,
  _init: object | undefined,
): DispatchedCall | undefined {
  return undefined;
}
