import { NextRequest } from "next/server.js";
import { type Circuit, circuits, type RouteOptions, type Totals, withProtego } from "../../src/index.ts";
import { testClock, type TestClock } from "../../src/testing.ts";

export interface GuardedRoute {
  readonly call: (request?: NextRequest) => Promise<Response>;
  readonly clock: TestClock;
  readonly name: string;
  readonly circuit: () => Circuit;
  readonly totals: () => Totals;
}

let serial = 0;

/** A wrapped route handler with a circuit of its own, called as Next calls it. */
export function guardedRoute(
  handler: (request: NextRequest) => Response | Promise<Response>,
  options: RouteOptions = {},
): GuardedRoute {
  const name = `route ${++serial}`;
  const clock = testClock();
  const route = withProtego(handler, { name, clock, ...options });
  const circuit = (): Circuit => circuits.get(name)!;
  return {
    call: (request = new NextRequest("http://localhost/orders/7")) =>
      route(request, { params: Promise.resolve({ id: "7" }) }),
    clock,
    name,
    circuit,
    totals: () => circuit().snapshot().totals,
  };
}
