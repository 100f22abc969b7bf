import { createFileRoute, redirect } from "@tanstack/react-router";
import { withProtego } from "next-protego";
import { shopFetch } from "../shop";

const GET = withProtego(async ({ params }: { params: { id: string } }) => {
  const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
  if (response.status === 401) throw redirect({ href: "/login" });
  if (response.status === 404) return new Response("no such product", { status: 404 });
  if (!response.ok) return new Response("the shop failed", { status: 502 });
  return Response.json(await response.json());
});

export const Route = createFileRoute("/products/$id")({ server: { handlers: { GET } } });
