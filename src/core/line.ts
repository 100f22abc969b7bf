/** A place in a line: what came before and after it. The head of a line stands before its first and after its last. */
export interface InLine<Place> {
  before: Place;
  after: Place;
}

/** Makes this the head of an empty line. */
export function beginLine<Place extends InLine<Place>>(head: Place): Place {
  head.before = head.after = head;
  return head;
}

/** Puts this at the end of the line. */
export function joinLine<Place extends InLine<Place>>(head: Place, joining: Place): void {
  joining.after = head;
  joining.before = head.before;
  head.before = head.before.after = joining;
}

/** Takes this out of its line. Done twice, it is as done once: it becomes a line of its own. */
export function leaveLine<Place extends InLine<Place>>(leaving: Place): void {
  leaving.before.after = leaving.after;
  leaving.after.before = leaving.before;
  beginLine(leaving);
}
