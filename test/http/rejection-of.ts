/** What a promise is rejected with. Fails when it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in settled) return settled.error as Error;
  throw new Error("The promise was fulfilled.");
}
