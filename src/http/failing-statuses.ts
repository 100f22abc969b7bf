import type { IsFailure } from "../breaker/circuit-options.ts";
import { invalid } from "../core/option.ts";

/**
 * Whether a status says by itself that the upstream is in trouble: it timed out (408), is asked too often (429), or broke
 * (RFC 9110 §15.6, RFC 6585 §4). Every other 4xx is about the request.
 */
export function failsByDefault(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

/**
 * The statuses that count as failures, in place of 408, 429 and 5xx: numbers, or classes such as `"5xx"`. Errors count
 * as ever.
 *
 * @throws {TypeError | RangeError} for what is neither a status nor a class
 * @example
 * createProtectedFetch({ isFailure: failingStatuses("5xx", 429, 404) });
 */
export function failingStatuses(
  ...given: ReadonlyArray<number | `${1 | 2 | 3 | 4 | 5}xx`>
): IsFailure<Response> {
  const failing = new Set(given.map(checked));
  return (outcome, byDefault) => {
    const status = "value" in outcome ? outcome.value?.status : undefined;
    if (status === undefined) return byDefault;
    return failing.has(String(status)) || failing.has(`${Math.floor(status / 100)}xx`);
  };
}

function checked(status: unknown): string {
  const isStatus = Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 599;
  if (isStatus || (typeof status === "string" && /^[1-5]xx$/.test(status))) return String(status as string);
  throw invalid("isFailure", status, 'statuses from 100 to 599, or classes such as "5xx"');
}
