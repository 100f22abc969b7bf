import { cacheDirectives, deltaSeconds, secondsOf } from "./cache-directives.ts";
import { httpDateMs } from "./http-date.ts";

/** For how long an answer may be used, as the upstream has it. */
export interface Lifetime {
  /** Its age when it came: the caches on its way may have had it for long. */
  readonly ageSeconds: number;
  /** Fresh until this age (RFC 9111 §4.2.1). Nothing is guessed: an upstream that does not say has said 0. */
  readonly freshSeconds: number;
  /** For how long after that it may stand in for an error (RFC 5861 §4, RFC 9111 §4.2.4). */
  readonly staleSeconds: number;
}

/** What a caller asks of a kept answer. */
export interface Limits {
  readonly maxAgeSeconds: number;
  readonly minFreshSeconds: number;
  readonly staleSeconds: number;
}

/** `undefined` for an answer that must not be kept, or that could not be used if it were. */
export function lifetimeOf(headers: Headers): Lifetime | undefined {
  const directives = cacheDirectives(headers.get("cache-control"));
  const has = (name: string): boolean => directives.has(name);
  // With or without the names of fields: to read a qualified one as the whole is what RFC 9111 §5.2.2.4 and §5.2.2.7 allow.
  if (has("no-store") || has("private") || has("no-cache")) return undefined;
  const sharedSeconds = secondsOf(directives, "s-maxage");
  const freshSeconds = sharedSeconds ?? secondsOf(directives, "max-age") ?? secondsToExpiry(headers);
  // The memory of a server is a shared cache: `s-maxage` forbids what `proxy-revalidate` does (RFC 9111 §5.2.2.10).
  const neverStale = sharedSeconds !== undefined || has("must-revalidate") || has("proxy-revalidate");
  const staleSeconds = neverStale ? 0 : (secondsOf(directives, "stale-if-error") ?? Infinity);
  const ageSeconds = deltaSeconds(/^\s*(\d+)/.exec(headers.get("age") ?? "")?.[1] ?? "");
  if (freshSeconds <= ageSeconds && staleSeconds === 0) return undefined;
  return { ageSeconds, freshSeconds, staleSeconds };
}

function secondsToExpiry(headers: Headers): number {
  const ms = httpDateMs(headers.get("expires") ?? "") - httpDateMs(headers.get("date") ?? "");
  return ms > 0 ? ms / 1000 : 0;
}

/** With these, fetch itself goes past every cache: what is asked for is not the whole answer, or not for everybody. */
const partialOrConditional = [
  "range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
];

/** Whether the answer to this request may be kept. */
export function mayBeKept(headers: Headers, cache: RequestCache | undefined): boolean {
  return (
    cache !== "no-store" &&
    !cacheDirectives(headers.get("cache-control")).has("no-store") &&
    !partialOrConditional.some((name) => headers.has(name))
  );
}

/** What a request that may be answered by a kept answer asks of it. `undefined`: it wants none. */
export function limitsOf(headers: Headers, cache: RequestCache | undefined): Limits | undefined {
  if (!mayBeKept(headers, cache) || cache === "reload" || cache === "no-cache") return undefined;
  // `Pragma` counts where there is no `Cache-Control` (RFC 9111 §5.4).
  const directives = cacheDirectives(headers.get("cache-control") ?? headers.get("pragma"));
  if (directives.has("no-cache")) return undefined;
  const maxAgeSeconds = secondsOf(directives, "max-age") ?? Infinity;
  const minFreshSeconds = secondsOf(directives, "min-fresh") ?? 0;
  // Who limits the age wants nothing stale, unless it says how stale (RFC 9111 §5.2.1.1).
  const byDefault = maxAgeSeconds < Infinity || minFreshSeconds > 0 ? 0 : Infinity;
  const maxStale = directives.get("max-stale") === "" ? Infinity : secondsOf(directives, "max-stale");
  return {
    maxAgeSeconds,
    minFreshSeconds,
    staleSeconds: secondsOf(directives, "stale-if-error") ?? maxStale ?? byDefault,
  };
}

/** How long an answer stays fresh that was kept for so long; below 0 it is stale. */
export function timeToLiveSeconds({ ageSeconds, freshSeconds }: Lifetime, keptSeconds: number): number {
  return freshSeconds - ageSeconds - keptSeconds;
}

/** Whether an answer that was kept for so long may stand in for an error. */
export function mayServe(lifetime: Lifetime, limits: Limits, keptSeconds: number): boolean {
  if (lifetime.ageSeconds + keptSeconds > limits.maxAgeSeconds) return false;
  const freshFor = timeToLiveSeconds(lifetime, keptSeconds);
  if (freshFor > 0 || limits.minFreshSeconds > 0) return freshFor > 0 && freshFor >= limits.minFreshSeconds;
  const staleSeconds = Math.min(lifetime.staleSeconds, limits.staleSeconds);
  return staleSeconds > 0 && -freshFor <= staleSeconds;
}

/** The request headers that chose an answer, in the form in which two requests compare. `undefined`: any other may differ. */
export function variantOf(vary: string, headers: Headers): string | undefined {
  const names = [...new Set(vary.toLowerCase().split(","))].map((name) => name.trim()).filter(Boolean);
  if (names.includes("*")) return undefined;
  return JSON.stringify(names.sort().map((name) => [name, headers.get(name)]));
}

/** Whether a request has, for all that a cache can know, changed what its URL stands for (RFC 9111 §4.4). */
export function changes(method: string, status: number): boolean {
  return !["GET", "HEAD", "OPTIONS", "TRACE"].includes(method) && status < 400;
}
