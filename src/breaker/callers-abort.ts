/**
 * Whether it was this signal, by the caller's own will, that ended a call with this error. A deadline of the caller's
 * (`AbortSignal.timeout`) is no such thing: the upstream was too slow. Judged by name: the signal may come from another
 * realm, its reason be anything.
 */
export function isAbortedBy(signal: AbortSignal | null | undefined, error: unknown): boolean {
  if (!signal?.aborted) return false;
  const reason = signal.reason as Error | undefined;
  if (reason?.name === "TimeoutError") return false;
  const { name, message } = Object(error) as Error;
  // workerd rejects with a copy of the reason.
  const isReason = error === reason || (name === reason?.name && message === reason?.message);
  return isReason || name === "AbortError";
}
