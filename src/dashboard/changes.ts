import { type Item, lists, type Parts } from "./page-parts.ts";

/** What is sent to a page that has seen something already: only what has changed. */
export interface Changes {
  verdict?: string;
  pager?: string;
  /** New and changed items by id. Of an item that is known only the parts that have changed. */
  items: Record<string, string>;
  /** Ids in their order, of lists whose items are others than before, or in another order. */
  order: Partial<Record<(typeof lists)[number], string[]>>;
}

/** What is new in what is shown now, for who has been sent what was shown before. `undefined` when nothing is. */
export function changesBetween(before: Parts | undefined, after: Parts): Changes | undefined {
  if (before === after) return undefined;
  const changes: Changes = { items: {}, order: {} };
  if (after.verdict !== before?.verdict) changes.verdict = after.verdict;
  if (after.pager !== before?.pager) changes.pager = after.pager;
  let isNothing = changes.verdict === undefined && changes.pager === undefined;
  const known = new Map<string, Item>();
  for (const list of lists) for (const item of before?.[list] ?? []) known.set(item.id, item);
  for (const list of lists) {
    const items = after[list];
    if (!items) continue;
    if (!before || !isSameOrder(before[list] ?? [], items)) {
      changes.order[list] = items.map(({ id }) => id);
      isNothing = false;
    }
    for (const item of items) {
      const seen = known.get(item.id);
      if (seen === item || seen?.html === item.html) continue;
      changes.items[item.id] = whatIsNew(seen, item);
      isNothing = false;
    }
  }
  return isNothing ? undefined : changes;
}

function whatIsNew(seen: Item | undefined, { html, pieces }: Item): string {
  if (!pieces || seen?.pieces?.parts.length !== pieces.parts.length) return html;
  const { parts } = seen.pieces;
  return `${pieces.tag}${pieces.parts.filter((part, index) => part !== parts[index]).join("")}</li>`;
}

function isSameOrder(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every(({ id }, index) => id === b[index]!.id);
}
