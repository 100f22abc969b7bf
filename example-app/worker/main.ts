import { CircuitOpenError, createProtectedFetch } from "next-protego";
import { createDashboard } from "next-protego/dashboard";
import { upstashStore } from "next-protego/upstash";
import { breaker } from "../lib/breaker.ts";
import { dashboardToken } from "../lib/dashboard-token.ts";

/** The third region: no server, but a Worker. It shares the shop's circuit with the servers of Next. */
const shop = process.env.UPSTREAM_URL!;
const label = process.env.REGION;

const shopFetch = createProtectedFetch({
  ...breaker,
  name: "shop-api",
  timeout: "1.5s",
  store: upstashStore({ heartbeat: "1s", label }),
});

/** While the shop's circuit is open, whoever opened it, nobody waits here either. */
async function orders(): Promise<Response> {
  try {
    const response = await shopFetch(`${shop}/orders`);
    if (response.ok) return Response.json(await response.json());
  } catch (error) {
    if (error instanceof CircuitOpenError) {
      const headers = { "retry-after": String(Math.ceil(error.retryAfter / 1000)) };
      return Response.json({ problem: "the shop API is down" }, { status: 503, headers });
    }
  }
  return Response.json({ problem: "the shop API failed" }, { status: 502 });
}

const dashboard = createDashboard({ authorize: dashboardToken, basePath: "/protego", label });

export default {
  fetch(request: Request): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/protego")) return dashboard.fetch(request);
    if (pathname === "/api/orders") return orders();
    return new Response("This region has /api/orders and /protego.\n", { status: 404 });
  },
};
