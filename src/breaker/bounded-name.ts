import { shortHash } from "./short-hash.ts";

const longestName = 512;

/** Halves of characters, which no URL and no Redis can carry. */
const loneSurrogates = /[\ud800-\udfff]/gu;

/** A name of any length as a key of bounded length; long names stay distinct by their hash. */
export function boundedName(given: string): string {
  const name = given.replace(loneSurrogates, "\ufffd");
  if (name.length <= longestName) return name;
  // The cut may go through a character; and a key is its own key.
  const begin = name.slice(0, longestName - 24).replace(loneSurrogates, "\ufffd");
  return `${begin}…${shortHash(name)}`;
}
