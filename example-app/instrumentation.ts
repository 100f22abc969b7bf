import { circuits } from "next-protego";
import { remember } from "next-protego/dashboard";
import { breaker } from "./lib/breaker.ts";
import { shopCircuit } from "./lib/shop-circuit.ts";

/** A circuit is made at its first call. The home page shows these, and steers them, before that. */
export function register(): void {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  // Whoever opens the dashboard late sees what happened before.
  remember();
  circuits.register("shop-api", shopCircuit);
  for (const name of ["GET /api/orders", "GET /api/payments"]) circuits.register(name, breaker);
}
