/**
 * What one settled call says about the upstream. `ignored` says nothing: the caller gave up by itself, the
 * answer came from a cache, the framework threw for its own purposes.
 */
export type Verdict = "success" | "failure" | "ignored";

/** What came of one call: it returned a value or it threw. */
export type Outcome<Value = unknown> =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly error: unknown; readonly value?: undefined };
