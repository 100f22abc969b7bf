import { createError } from "@fastify/error";
import { fastify, type FastifyRequest } from "fastify";
import { circuits, withProtego } from "next-protego";
import { shopFetch } from "./shop.js";

const NoSuchProduct = createError("NO_SUCH_PRODUCT", "no such product", 404);

const product = withProtego(async ({ params }: FastifyRequest) => {
  const response = await shopFetch(`https://shop.example.com/products/${(params as { id: string }).id}`);
  if (response.status === 401) return new Response(null, { status: 302, headers: { location: "/login" } });
  if (response.status === 404) throw new NoSuchProduct();
  if (!response.ok) return new Response("the shop failed", { status: 502 });
  return Response.json(await response.json());
});

const server = fastify();
server.get("/products/:id", product);
server.get("/shelf/:id", product);
server.get("/circuits", async () => circuits.list().map((circuit) => circuit.snapshot()));
await server.listen({ host: process.env.HOST, port: Number(process.env.PORT) });
