import type { Network } from "./network.ts";

/** Everything that goes wrong between an isolate and a store, far more often than it does. */
export const badNetwork: Network = {
  latencyMs: 60,
  setUpMs: 90,
  requestLost: 0.02,
  replyLost: 0.02,
  duplicated: 0.05,
  heldUp: 0.02,
  staleRead: 0.2,
};
