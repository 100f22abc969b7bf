import * as external from "next/dist/server/after/after.js";

/**
 * Next's own `after`, which throws outside of a request. Chosen as `render-scope.next.ts` is. Asked for in a way that
 * bundlers do not check: Next 15.0 has none.
 */
export const after = Reflect.get(external, "after") as ((promise: Promise<unknown>) => void) | undefined;
