/** What a promise was rejected with. */
export function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "not rejected at all",
    (reason: unknown) => reason,
  );
}
