import * as external from "next/dist/server/app-render/work-unit-async-storage.external.js";
import type { RenderScope } from "./render-scope.ts";

/** Chosen by the `react-server` condition in package.json's `imports`: the one place that touches Next. */
export function renderScope(): RenderScope | undefined {
  return external.workUnitAsyncStorage?.getStore() as RenderScope | undefined;
}
