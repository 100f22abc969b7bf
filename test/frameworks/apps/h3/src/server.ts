import { H3, type H3Event, HTTPError, serve } from "h3";
import { circuits, withProtego } from "next-protego";
import { shopFetch } from "./shop.js";

const product = withProtego(async (event: H3Event) => {
  const response = await shopFetch(`https://shop.example.com/products/${event.context.params?.id}`);
  if (response.status === 401) return new Response(null, { status: 302, headers: { location: "/login" } });
  if (response.status === 404) throw new HTTPError({ status: 404, message: "no such product" });
  if (!response.ok) return new Response("the shop failed", { status: 502 });
  return Response.json(await response.json());
});

const app = new H3()
  .get("/products/:id", product)
  .get("/shelf/:id", product)
  .get("/circuits", () => circuits.list().map((circuit) => circuit.snapshot()));
serve(app, { hostname: process.env.HOST, port: process.env.PORT });
