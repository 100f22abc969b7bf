import { type Item, lists, type Parts } from "./view.ts";

/** What is sent to a page that has seen something already: only what has changed. */
export interface Changes {
  verdict?: string;
  pager?: string;
  /** New and changed items by id. */
  items: Record<string, string>;
  /** Ids in their order, of lists whose items are others than before, or in another order. */
  order: Partial<Record<(typeof lists)[number], string[]>>;
}

/** Remembers what one reader has been sent. */
export function changesFor(): (parts: Parts) => Changes | undefined {
  let sent: Parts | undefined;
  let known = new Map<string, string>();
  return (parts) => {
    const changes: Changes = { items: {}, order: {} };
    if (parts.verdict !== sent?.verdict) changes.verdict = parts.verdict;
    if (parts.pager !== sent?.pager) changes.pager = parts.pager;
    const present = new Map<string, string>();
    for (const list of lists) {
      const before = sent?.[list];
      if (!before || !isSameOrder(before, parts[list])) changes.order[list] = parts[list].map(({ id }) => id);
      for (const { id, html } of parts[list]) {
        if (known.get(id) !== html) changes.items[id] = html;
        present.set(id, html);
      }
    }
    sent = parts;
    known = present;
    const isNothing =
      changes.verdict === undefined &&
      changes.pager === undefined &&
      Object.keys(changes.items).length === 0 &&
      Object.keys(changes.order).length === 0;
    return isNothing ? undefined : changes;
  };
}

function isSameOrder(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every(({ id }, index) => id === b[index]!.id);
}
