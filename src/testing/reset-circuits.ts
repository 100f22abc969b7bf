import { registry } from "../breaker/registry.ts";

/**
 * Forgets every circuit and every listener of all circuits, so that the next test starts with none. Wrappers made
 * before go on with fresh circuits.
 *
 * @example
 * afterEach(resetCircuits);
 */
export function resetCircuits(): void {
  const { breakers, listeners } = registry();
  for (const breaker of breakers.values()) breaker.retired = true;
  breakers.clear();
  listeners.clear();
}
