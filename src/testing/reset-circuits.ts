import { registry } from "../breaker/registry.ts";
import { forgetTold } from "../runtime/environment.ts";

/**
 * Forgets every circuit and every listener of all circuits, so that the next test starts with none. Wrappers made
 * before go on with fresh circuits, and what was told once is told again.
 *
 * @example
 * afterEach(resetCircuits);
 */
export function resetCircuits(): void {
  const all = registry();
  const { breakers, listeners } = all;
  for (const breaker of breakers.values()) breaker.retired = true;
  breakers.clear();
  listeners.clear();
  // To a shared store what comes now is another isolate.
  all.isolate = undefined;
  forgetTold();
}
