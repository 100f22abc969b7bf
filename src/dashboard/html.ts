/** HTML that may go out as it is. Anything else that gets into a template is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Html | string | number | undefined | false | readonly Piece[];

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template whose values are escaped, unless they are `Html` themselves. */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  const between = squeezed(strings);
  let text = between[0]!;
  for (let index = 0; index < pieces.length; index++) text += render(pieces[index]) + between[index + 1]!;
  return new Html(text);
}

const known = new WeakMap<TemplateStringsArray, readonly string[]>();

/** A template without the spaces by which its source is set out. They would be a third of what is sent. */
function squeezed(strings: TemplateStringsArray): readonly string[] {
  const text = known.get(strings) ?? strings.map((part) => part.replaceAll(/\s+/g, " "));
  known.set(strings, text);
  return text;
}

function render(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (Array.isArray(piece)) return (piece as readonly Piece[]).map(render).join("");
  if (piece === undefined || piece === false) return "";
  // Also what turns text around: a name must not make the page read otherwise than it is.
  return String(piece as string | number)
    .replaceAll(/[&<>"']/g, (character) => entities[character]!)
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "\u{fffd}");
}
