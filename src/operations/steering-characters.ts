/** What ends a line, moves a cursor or turns a text around. People choose names and reasons. */
const steering = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name must not move the cursor, colour the screen, or turn the text around. */
export function plain(text: string): string {
  return text.replaceAll(steering, "\u{fffd}");
}

/** JSON that does none of that either, and means the same. Its own line breaks stay. */
export function printable(json: string): string {
  return json.replaceAll(steering, (character) =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
