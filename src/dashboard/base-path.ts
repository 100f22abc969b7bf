import { invalid } from "../core/option.ts";
import { basePathOfApp } from "../runtime/environment.ts";

/** Where the page lives, and what of it is asked for. */
export interface Place {
  /** Path of the page, without a slash at its end. */
  readonly base: string;
  /** The segments after it, encoded as they came. */
  readonly path: readonly string[];
}

/** What the dashboard answers beside its page. Found at the end of a path, it tells where the page is. */
const answers =
  /\/(live|events|circuits|fleet|fleet\/live|fleet\/circuits|fleet\/(?:all|circuits\/[^/]+)\/(?:open|close|half-open|hold-open|hold-closed)|metrics|incidents|incidents\/[^/]+|circuits\/[^/]+\/(?:open|close|half-open|reset|hold-open|hold-closed))$/;

/** @param given the base path where the app has told it; then nothing is there beside it */
export function placeOf(url: string, given: string | undefined): Place | undefined {
  const pathname = pathOf(url);
  if (given !== undefined) {
    if (pathname !== given && !pathname.startsWith(`${given}/`)) return undefined;
    return { base: given, path: pathname.slice(given.length).split("/").slice(1) };
  }
  const found = answers.exec(pathname)?.[1] ?? "";
  const base = found === "" ? pathname : pathname.slice(0, -found.length - 1);
  return { base, path: found === "" ? [] : found.split("/") };
}

/** Without slashes at its end; and with one at its start: a link to `//x` would lead to another site. */
function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/+$/, "").replace(/^\/+/, "/");
}

/** What is looked at of a request that a catch-all route of Next's has got. */
interface Routed {
  readonly url: string;
  readonly nextUrl?: { readonly basePath?: string } | undefined;
}

/**
 * The same in a catch-all route of Next's, whose parameters are known, and whose URL may lack the app's base path.
 *
 * @param given the path as visitors see it, where the app has told it: behind a rewrite nobody else knows
 */
export function placeInRoute(
  { url, nextUrl }: Routed,
  parameters: readonly string[],
  given: string | undefined,
): Place {
  // From the URL itself: frameworks differ in how often they decode a segment.
  const segments = pathOf(url).split("/");
  const path = parameters.length > 0 ? segments.slice(-parameters.length) : [];
  const found = segments.slice(0, segments.length - path.length).join("/");
  // Edge functions get the whole URL, and are told.
  return { base: given ?? (nextUrl?.basePath ? found : basePathOfApp() + found), path };
}

/** @throws {TypeError} when it is no path */
export function basePathOption(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "string" || !given.startsWith("/") || /[?#]/.test(given)) {
    throw invalid("basePath", given, 'the path of the page, such as "/protego"');
  }
  return new URL(given, "http://localhost").pathname.replace(/\/+$/, "");
}
