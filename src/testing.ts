export { forceState } from "./testing/force-state.ts";
export { resetCircuits } from "./testing/reset-circuits.ts";
export { testClock } from "./testing/test-clock.ts";

export type { TestClock } from "./testing/test-clock.ts";
