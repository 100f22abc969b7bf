import { failureKind } from "../core/failure-kind.ts";

/** A failure as OpenTelemetry's `error.type`: a status, a code or a class. Few values, and never a message. */
export function errorType(failure: unknown): string {
  return failureKind(failure).replace(/^HTTP /, "");
}
