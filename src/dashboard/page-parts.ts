/** An item of a list, with an id that no other part of the page has. */
export interface Item {
  readonly id: string;
  readonly html: string;
  /** The same in pieces, where each can be put in place by itself. */
  readonly pieces?: Pieces;
}

export interface Pieces {
  /** The item's own tag, which says its class. */
  readonly tag: string;
  /** Always in the same order; each has a `data-part` of its own. */
  readonly parts: readonly string[];
}

/** The changing parts of the page. */
export interface Parts {
  readonly verdict: string;
  readonly pager: string;
  /** On the fleet's page. */
  readonly stores?: readonly Item[];
  readonly attention: readonly Item[];
  readonly circuits: readonly Item[];
  readonly incidents: readonly Item[];
  readonly timeline: readonly Item[];
}

export const lists = ["stores", "attention", "circuits", "incidents", "timeline"] as const;
