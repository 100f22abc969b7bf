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
  return new Html(String.raw({ raw: strings }, ...pieces.map(render)));
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
