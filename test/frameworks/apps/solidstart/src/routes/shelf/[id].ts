import { redirect } from "@solidjs/router";
import type { APIEvent } from "@solidjs/start/server";
import { withProtego } from "next-protego";
import { shopFetch } from "../../shop";

export const GET = withProtego(async ({ params }: APIEvent) => {
  const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
  if (response.status === 401) return redirect("/login");
  if (response.status === 404) return new Response("no such product", { status: 404 });
  if (!response.ok) return new Response("the shop failed", { status: 502 });
  return Response.json(await response.json());
});
