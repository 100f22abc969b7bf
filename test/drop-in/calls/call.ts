import type { Upstream } from "../upstream.ts";

/** Fetch with any arguments, wrong ones too. */
export type AnyFetch = (...args: unknown[]) => Promise<Response>;

/** Sends something and gives back what is worth comparing: a Response is read to its end by the observer. */
export type Run = (fetch: AnyFetch, at: Upstream) => unknown;

/** Calls on one subject, by what they do. */
export type Calls = Readonly<Record<string, Run>>;
