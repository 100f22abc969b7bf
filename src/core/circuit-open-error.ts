import type { RefusalReason } from "./refusal.ts";

const digestPrefix = "PROTEGO_CIRCUIT_OPEN;";

/**
 * A call was refused because its circuit does not admit it now. The upstream was not called.
 *
 * Its `digest` survives Next's serialization, so `error.tsx` recognises it with {@link isCircuitOpenError}.
 * Digests reach the browser: a circuit's name should hold nothing secret. Its `cause` has name and message of the
 * last failure, nothing else of it.
 */
export class CircuitOpenError extends Error {
  declare readonly name: "CircuitOpenError";
  declare readonly code: "ECIRCUITOPEN";
  /** Name of the circuit that refused. */
  declare readonly circuit: string;
  /** Whole milliseconds until the next call may be admitted. */
  declare readonly retryAfter: number;
  declare readonly reason: RefusalReason;
  /** `PROTEGO_CIRCUIT_OPEN;<name>;<seconds>`; of a name that holds a URL only a short hash. */
  declare readonly digest: string;

  constructor(
    circuit: string,
    retryAfter: number,
    cause?: unknown,
    reason: RefusalReason = "open",
    publicName: string = circuit,
  ) {
    const seconds = Math.ceil(retryAfter / 1000);
    super(`[circuit-open] "${circuit}" refused a call: ${reason}. Retry in ${seconds} s.`, { cause });
    this.name = "CircuitOpenError";
    this.code = "ECIRCUITOPEN";
    this.circuit = circuit;
    this.retryAfter = Math.ceil(retryAfter);
    this.reason = reason;
    this.digest = `${digestPrefix}${publicName.replace(/[^ -:<-~]/g, "?")};${seconds}`;
  }
}

/**
 * Whether this is a refusal of a circuit: the error itself, a copy from another bundle, or what Next hands to
 * `error.tsx`, which is an error with nothing but the digest left.
 *
 * @example
 * if (isCircuitOpenError(error)) return <p>Back in a moment.</p>;
 */
export function isCircuitOpenError(error: unknown): error is Error & { readonly digest: string } {
  try {
    const digest = (error as { digest?: unknown } | null | undefined)?.digest;
    return typeof digest === "string" && digest.startsWith(digestPrefix);
  } catch {
    return false; // anything can be thrown: nothing, and what cannot be looked at
  }
}

/**
 * Seconds until the next trial, read from the digest, for a page that wants to say so.
 *
 * @returns `undefined` when the error is not a refusal
 */
export function retryAfterSeconds(error: unknown): number | undefined {
  if (!isCircuitOpenError(error)) return undefined;
  return Number(error.digest.split(";").pop());
}
