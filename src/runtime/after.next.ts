import * as external from "next/dist/server/after/after.js";

/** Next's own `after`, which throws outside of a request. Chosen as `render-scope.next.ts` is. */
export const after = (external as { after?: (promise: Promise<unknown>) => void }).after;
