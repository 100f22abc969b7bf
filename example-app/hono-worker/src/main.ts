import { env } from "cloudflare:workers";
import { type Context, Hono } from "hono";
import { circuits, withProtego } from "next-protego";
import { createDashboard } from "next-protego/dashboard";
import { shopFetch } from "./shop.ts";

export { CircuitObject } from "./circuit-object.ts";

const app = new Hono();

app.get(
  "/orders/:id",
  withProtego(async (context: Context) => {
    const response = await shopFetch(`${env.SHOP_URL}/orders/${context.req.param("id")}`);
    if (response.status === 404) return context.json({ problem: "no such order" }, 404);
    if (!response.ok) return context.json({ problem: "the shop failed" }, 502);
    return context.json(await response.json());
  }),
);

/** What this isolate knows. */
app.get("/circuits", (context) => context.json(circuits.list().map((circuit) => circuit.snapshot())));

const dashboard = createDashboard({ authorize: env.PROTEGO_TOKEN, basePath: "/protego" });
for (const path of ["/protego", "/protego/*"]) app.all(path, (context) => dashboard.fetch(context.req.raw));

app.notFound((context) => context.text("This worker has /orders/7, /circuits and /protego.\n", 404));

export default app;
