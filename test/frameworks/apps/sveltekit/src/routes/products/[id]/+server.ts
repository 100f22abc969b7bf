import { error, json, redirect } from "@sveltejs/kit";
import { withProtego } from "next-protego";
import { shopFetch } from "../../../shop";
import type { RequestEvent } from "./$types";

export const GET = withProtego(async ({ params }: RequestEvent) => {
  const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
  if (response.status === 401) redirect(303, "/login");
  if (response.status === 404) error(404, "no such product");
  if (!response.ok) error(502, "the shop failed");
  return json(await response.json());
});
