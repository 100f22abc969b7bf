import { httpDateMs } from "./http-date.ts";

/**
 * Milliseconds that a `Retry-After` asks for (RFC 9110 §10.2.3): seconds, or a date, which counts from the
 * response's own `Date` so that no clock here has to agree with the upstream's.
 *
 * @returns `undefined` for none, for nonsense, and for a date without a `Date` to count from
 */
export function retryAfterMs(headers: { get(name: string): string | null }): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : httpDateMs(value) - httpDateMs(headers.get("date")?.trim() ?? "");
  return ms >= 0 ? ms : undefined;
}
