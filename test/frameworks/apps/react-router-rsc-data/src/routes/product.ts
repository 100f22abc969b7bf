import { data, type LoaderFunctionArgs, redirect } from "react-router";
import { withProtego } from "next-protego";
import { shopFetch } from "../shop";

export const loader = withProtego(async ({ params }: LoaderFunctionArgs) => {
  const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
  if (response.status === 401) throw redirect("/login");
  if (response.status === 404) throw data("no such product", { status: 404 });
  if (!response.ok) return new Response(null, { status: 502 });
  return Response.json(await response.json());
});
