import { withRefusalsInside } from "./refusals-inside.ts";

/**
 * Runs a part of a page. If a circuit refuses a call inside it and it throws because of that, throws the refusal itself,
 * so that `error.tsx` recognises it: a data layer that makes errors of its own, or Next 15's `"use cache"`, hides it. What
 * it throws for another reason passes as it is, and so does Next's control flow.
 *
 * Within one render, a cached function cannot be told from another that runs at the same time: if one is refused and
 * the other fails, both are taken for refused.
 *
 * @example
 * const products = await revealRefusals(() => cachedProducts());
 */
export function revealRefusals<Result>(load: () => Result): Promise<Awaited<Result>> {
  return withRefusalsInside(load);
}
