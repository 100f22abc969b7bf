/** Prints rows under a title, numbers to the right. */
export function table(
  title: string,
  rows: ReadonlyArray<readonly [string, ...string[]]>,
  head: readonly string[],
): void {
  const width = head.map((each) => Math.max(13, each.length + 2));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => cell.padStart(width[column]!)).join("");
  console.log(`\n${title.padEnd(38)}${line(head)}`);
  for (const [name, ...cells] of rows) console.log(`  ${name.padEnd(36)}${line(cells)}`);
}

/** The value below which this share of the sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
