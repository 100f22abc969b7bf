/** What a `Cache-Control` says: names in lower case, values as text, empty where there is none. */
export type CacheDirectives = ReadonlyMap<string, string>;

/** A name, and perhaps a value: a quoted one may hold commas, and what looks like a directive. */
const oneDirective = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;

/** One that is given twice with two values has none: of what contradicts itself nothing may be made (RFC 9111 §4.2.1). */
export function cacheDirectives(header: string | null): CacheDirectives {
  const directives = new Map<string, string>();
  for (const [, name, quoted, token] of (header ?? "").matchAll(oneDirective)) {
    const key = name!.toLowerCase();
    const value = quoted ?? token ?? "";
    directives.set(key, (directives.get(key) ?? value) === value ? value : "");
  }
  return directives;
}

/** The seconds of a directive: `undefined` where it is missing, none where its value makes no sense. */
export function secondsOf(directives: CacheDirectives, name: string): number | undefined {
  const value = directives.get(name);
  return value === undefined ? undefined : deltaSeconds(value);
}

/** RFC 9111 §1.2.2: what is too large to be counted is 2^31. */
export function deltaSeconds(value: string): number {
  return /^\d+$/.test(value) ? Math.min(Number(value), 2 ** 31) : 0;
}
