import type { Breaker } from "../breaker/breaker.ts";
import { breakerFinder, type CircuitName, nameFrom } from "../breaker/circuit-name.ts";
import type { ResolvedCircuitOptions } from "../breaker/resolved-options.ts";
import { tellOnce } from "../runtime/environment.ts";

/** What a naming function may look at. A `Request` fits, but none is built just for naming. */
export interface FetchTarget {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}

/**
 * Finds the breaker of a call: by name, or by the URL's origin. `undefined` for what has no upstream, or makes no
 * sense, and is left to fetch itself.
 */
export function breakerOfRequest(
  name: CircuitName<[FetchTarget]> | undefined,
  options: ResolvedCircuitOptions,
): (input: string | URL | Request, init: RequestInit | undefined) => Breaker | undefined {
  const find = breakerFinder(options);
  let lastOrigin: string | undefined;

  return (input, init) => {
    if (typeof name === "string") return find(name);
    if (lastOrigin !== undefined && !name && typeof input === "string" && isWithin(input, lastOrigin)) {
      return find(lastOrigin);
    }
    const url = parse(input);
    if (!url || !/^https?:/.test(url.href)) return undefined;
    lastOrigin = url.origin;
    const byName = name && ((): string => name(target(url, input as Request, init)));
    return find(byName ? nameFrom(byName, url.origin) : lastOrigin);
  };
}

/** Whether the URL has this origin for certain; anything unusual is left to the parser. */
function isWithin(url: string, origin: string): boolean {
  const next = url[origin.length];
  return url.startsWith(origin) && (next === "/" || next === "?" || next === "#" || next === undefined);
}

/** An object that turns into a URL when it is read is read once: the next time it may turn into another. */
export function normalizeInput(input: string | URL | Request): string | URL | Request {
  if (typeof input !== "object" || input === null || "url" in input || input instanceof URL) return input;
  try {
    return String(input as { toString(): string });
  } catch {
    return input; // fetch shall say so itself
  }
}

/** As fetch does it: a relative URL belongs to the page that runs this, where there is one. */
function parse(input: string | URL | Request): URL | undefined {
  const { location } = globalThis as { location?: { readonly href: string } };
  try {
    return new URL((input as Request).url ?? input, location?.href);
  } catch {
    tellOnce(() => {
      const isRelative = typeof input === "string" && !/^[a-z][a-z\d+.-]*:/i.test(input);
      return (
        isRelative &&
        "[relative-url] a relative URL, and no page to resolve it against: the call was not protected."
      );
    });
    return undefined;
  }
}

/** What may be looked at of a call; nothing where its address makes no sense. */
export function targetOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): FetchTarget | undefined {
  const url = parse(input);
  return url && target(url, input as Request, init);
}

function target(url: URL, request: Request, init: RequestInit | undefined): FetchTarget {
  return {
    url: url.href,
    method: (init?.method ?? request.method ?? "GET").toUpperCase(),
    get headers() {
      return new Headers(init?.headers ?? request.headers);
    },
  };
}
