import type { RenderScope } from "./render-scope.ts";

/** Outside Next, and wherever bundlers do not know the `react-server` condition: no scope. */
export function renderScope(): RenderScope | undefined {
  return undefined;
}
