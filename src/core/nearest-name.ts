/** The name that was meant, if one is near: a letter in three may be wrong, missing or too much. */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  for (let edits = 0; edits <= Math.min(3, wrong.length / 3); edits++) {
    const near = names.find((name) => isNear(wrong.toLowerCase(), name.toLowerCase(), edits));
    if (near) return near;
  }
  return undefined;
}

function isNear(one: string, other: string, edits: number): boolean {
  if (one === other) return true;
  const [oneRest, otherRest] = [one.slice(1), other.slice(1)];
  if (one[0] === other[0]) return isNear(oneRest, otherRest, edits);
  const within = (left: string, right: string): boolean => isNear(left, right, edits - 1);
  return edits > 0 && (within(oneRest, otherRest) || within(oneRest, other) || within(one, otherRest));
}
