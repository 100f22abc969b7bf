import { inWords } from "./in-words.ts";

/**
 * What is kept of a failure until the next one: what `inWords`, `failureKind` and a refusal tell of it. The error itself may hold
 * a body, a connection, somebody's data, and there may be a thousand circuits. Never throws.
 */
export function gistOf(failure: unknown): unknown {
  if (typeof failure === "string" || failure === undefined) return failure;
  try {
    const { name, message, code, cause, constructor } = failure as Error & { code?: unknown };
    const codeOfCause = (cause as { code?: unknown } | null | undefined)?.code;
    if (typeof message === "string")
      return { name, message, code, cause: { code: codeOfCause }, constructor };
  } catch {
    // What cannot be looked at has its words.
  }
  return inWords(failure);
}
