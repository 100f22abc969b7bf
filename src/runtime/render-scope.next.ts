// oxlint-disable-next-line import/default -- CommonJS has one
import next from "./next-modules.cts";
import type { RenderScope } from "./render-scope.ts";

/** Chosen by the `react-server` condition in package.json's `imports`, which other frameworks set too. */
export function renderScope(): RenderScope | undefined {
  const { workUnitAsyncStorage } = next.scopes as {
    workUnitAsyncStorage?: { getStore(): RenderScope | undefined };
  };
  return workUnitAsyncStorage?.getStore();
}
