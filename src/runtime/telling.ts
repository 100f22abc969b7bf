/** Texts of one code that are told at once. */
const atOnce = 10;
/** After those one more in so long. */
const perTextMs = 60_000;
/** As many are known again. */
const mostTexts = 500;

interface Kind {
  room: number;
  at: number;
}

const texts = new Set<string>();
const kinds = new Map<string, Kind>();

/**
 * Whether it is a text's turn to be told: each once, and of one code so few that names made by visitors can neither flood
 * a console nor keep another code from being heard.
 *
 * @returns `undefined` when it is not to be told now
 */
export function turnOf(
  code: string,
  text: string,
  now: number,
): "one of several" | "last for now" | undefined {
  if (texts.has(text)) return undefined;
  const kind = kinds.get(code) ?? { room: atOnce, at: now };
  kinds.set(code, kind);
  kind.room = Math.min(atOnce, kind.room + Math.max(0, now - kind.at) / perTextMs);
  kind.at = now;
  if (kind.room < 1) return undefined;
  kind.room--;
  texts.add(text);
  if (texts.size > mostTexts) texts.delete(texts.values().next().value as string);
  return kind.room < 1 ? "last for now" : "one of several";
}

/** As if nothing had been told yet. */
export function forgetTurns(): void {
  texts.clear();
  kinds.clear();
}
