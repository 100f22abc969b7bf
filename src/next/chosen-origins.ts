import { invalid } from "../core/option.ts";
import type { FetchProtection } from "./fetch-protection.ts";

/** Whether a call to this URL was chosen. What is no URL was not: fetch shall say so itself. */
export function chosenOrigins(
  origins: FetchProtection["origins"] | undefined,
): (url: string | URL) => boolean {
  const isChosen = typeof origins === "function" ? origins : listed(origins);
  return (given) => {
    try {
      return isChosen(new URL(given)) === true;
    } catch {
      return false;
    }
  };
}

function listed(origins: unknown): (url: URL) => boolean {
  if (!(Array.isArray(origins) && origins.length > 0)) {
    throw invalid("origins", origins, 'a list such as ["https://api.example.com"], or a function of the URL');
  }
  const texts = new Set<string>();
  const patterns: RegExp[] = [];
  for (const origin of origins as ReadonlyArray<string | RegExp>) {
    if (origin instanceof RegExp) patterns.push(wholeOrigin(origin));
    else texts.add(originOf(origin));
  }
  return ({ origin }) => texts.has(origin) || patterns.some((pattern) => pattern.test(origin));
}

/** A pattern that looks for a part would choose `https://api.example.com.evil.test` as well. */
function wholeOrigin({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, ""));
}

function originOf(text: unknown): string {
  try {
    const { origin, href } = new URL(text as string);
    if (/^https?:/.test(href)) return origin;
  } catch {
    // Told below.
  }
  throw invalid("origins", text, 'an origin such as "https://api.example.com"');
}
