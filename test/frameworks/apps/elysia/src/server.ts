import { node } from "@elysiajs/node";
import { Elysia, NotFoundError } from "elysia";
import { circuits, withProtego } from "next-protego";
import { shopFetch } from "./shop.js";

const product = withProtego(async ({ params }: { params: { id: string } }) => {
  const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
  if (response.status === 401) return new Response(null, { status: 302, headers: { location: "/login" } });
  if (response.status === 404) throw new NotFoundError("no such product");
  if (!response.ok) return new Response("the shop failed", { status: 502 });
  return Response.json(await response.json());
});

new Elysia({ adapter: node() })
  .get("/products/:id", product)
  .get("/shelf/:id", product)
  .get("/circuits", () => circuits.list().map((circuit) => circuit.snapshot()))
  .listen({ hostname: process.env.HOST, port: Number(process.env.PORT) });
