// oxlint-disable-next-line import/default -- CommonJS has one
import next from "./next-modules.cts";

/** Next's own `after`, which throws outside of a request. Chosen as `render-scope.next.ts` is. */
export const after = next.tasks["after"] as ((promise: Promise<unknown>) => void) | undefined;
