import { createError, defineEventHandler, getRouterParam, type H3Event, sendRedirect } from "h3";
import { withProtego } from "next-protego";
import { shopFetch } from "../../utils/shop";

export default defineEventHandler(
  withProtego(async (event: H3Event) => {
    const response = await shopFetch(`https://shop.example.com/products/${getRouterParam(event, "id")}`);
    if (response.status === 401) return Response.redirect(new URL("/login", "http://localhost"), 302);
    if (response.status === 404) throw createError({ status: 404, message: "no such product" });
    if (!response.ok) throw createError({ status: 502, message: "the shop failed" });
    return Response.json(await response.json());
  }),
);
