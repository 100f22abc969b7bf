import { breaker } from "./breaker.ts";
import { store } from "./store.ts";

/** What belongs to the circuit itself, whoever calls the shop API. */
export const shopCircuit = { ...breaker, store } as const;
