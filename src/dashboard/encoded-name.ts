/**
 * A circuit's name as one segment of a path. A browser would walk up at `..`, however it is written, so such names and
 * those that begin with the sign for it are prefixed.
 */
export function encodedName(name: string): string {
  return encodeURIComponent(/^(~|\.{1,2}$)/.test(name) ? `~${name}` : name);
}

/** @returns `undefined` for what is no encoding of anything */
export function decodedName(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment).replace(/^~/, "");
  } catch {
    return undefined;
  }
}
