import { defineHandler, type H3Event, HTTPError } from "nitro/h3";
import { withProtego } from "next-protego";
import { shopFetch } from "../../shop";

export default defineHandler(
  withProtego(async (event: H3Event) => {
    const response = await shopFetch(`https://shop.example.com/products/${event.context.params?.id}`);
    if (response.status === 401) return new Response(null, { status: 302, headers: { location: "/login" } });
    if (response.status === 404) throw new HTTPError({ status: 404, message: "no such product" });
    if (!response.ok) throw new HTTPError({ status: 502, message: "the shop failed" });
    return Response.json(await response.json());
  }),
);
