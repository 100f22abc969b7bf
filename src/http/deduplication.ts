import { isRender, type RenderScope } from "../runtime/render-scope.ts";

const seen = new WeakMap<RenderScope, Set<unknown>>();

/**
 * Whether this failure is new to the render. Next sends identical fetches of one render once and hands every
 * caller the same failure: one call to the upstream must not count as many.
 */
export function firstInRender(scope: RenderScope | undefined, failure: unknown): boolean {
  if (scope === undefined || !isRender(scope)) return true;
  const failures = seen.get(scope) ?? new Set();
  seen.set(scope, failures);
  return failures.size !== failures.add(failure).size;
}
