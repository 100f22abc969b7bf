const minuteMs = 60_000;
/** Texts of one code that are told at once; after them one a minute. */
const atOnce = 10;
/** As many are known again. */
const mostTexts = 500;

const texts = new Set<string>();
/** By code: a minute for each text, counted from ten minutes ago at the earliest. */
const used = new Map<string, number>();

/**
 * Whether it is a text's turn to be told: each once, and of one code so few that names made by visitors can neither flood
 * a console nor keep another code from being heard.
 */
export function isTurnOf(code: string, text: string, now: number): boolean {
  const since = Math.max(used.get(code) ?? -Infinity, now - atOnce * minuteMs) + minuteMs;
  if (texts.has(text) || since > now) return false;
  if (texts.size >= mostTexts) texts.clear();
  texts.add(text);
  used.set(code, since);
  return true;
}

/** As if nothing had been told yet. */
export function forgetTurns(): void {
  texts.clear();
  used.clear();
}
