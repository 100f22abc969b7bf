import { invalid } from "../core/option.ts";

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
  const pathname = new URL(url).pathname.replace(/\/+$/, "");
  if (given !== undefined) {
    if (pathname !== given && !pathname.startsWith(`${given}/`)) return undefined;
    return { base: given, path: pathname.slice(given.length).split("/").slice(1) };
  }
  const found = answers.exec(pathname)?.[1] ?? "";
  const base = found === "" ? pathname : pathname.slice(0, -found.length - 1);
  return { base, path: found === "" ? [] : found.split("/") };
}

/** @throws {TypeError} when it is no path */
export function basePathOption(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "string" || !given.startsWith("/") || /[?#]/.test(given)) {
    throw invalid("basePath", given, 'the path of the page, such as "/protego"');
  }
  return new URL(given, "http://localhost").pathname.replace(/\/+$/, "");
}
