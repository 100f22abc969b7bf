/** An item of a list, with an id that no other part of the page has. */
export interface Item {
  readonly id: string;
  readonly html: string;
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
