/** The name that was meant, if one is near: a letter in three may be wrong, missing or too much. */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  for (let edits = 0; edits < 4 && edits <= wrong.length / 3; edits++) {
    const near = names.find((name) => isNear(wrong.toLowerCase(), name.toLowerCase(), edits));
    if (near) return near;
  }
  return undefined;
}

/** A letter is changed, left out or put in. */
const edit = [
  [1, 1],
  [1, 0],
  [0, 1],
] as const;

function isNear(one: string, other: string, edits: number): boolean {
  if (one === other) return true;
  if (one[0] === other[0]) return isNear(one.slice(1), other.slice(1), edits);
  return edits > 0 && edit.some(([mine, its]) => isNear(one.slice(mine), other.slice(its), edits - 1));
}
