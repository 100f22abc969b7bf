import { remember } from "../../src/dashboard.ts";
import { resetCircuits } from "../../src/testing.ts";

/** No circuits, and nothing remembered of any. What happens from now on is. */
export function freshHistory(): void {
  resetCircuits();
  remember()(); // ends it, and forgets
  remember();
}
