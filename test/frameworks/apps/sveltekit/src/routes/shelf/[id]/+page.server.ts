import { error } from "@sveltejs/kit";
import { isCircuitOpenError, retryAfterSeconds } from "next-protego";
import { shopFetch } from "../../../shop";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ params, setHeaders }) => {
  try {
    const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
    if (!response.ok) error(502, "the shop failed");
    return { product: (await response.json()) as { name: string } };
  } catch (refusal) {
    if (!isCircuitOpenError(refusal)) throw refusal;
    setHeaders({ "retry-after": String(retryAfterSeconds(refusal)) });
    error(503, "the shop is down, try again soon");
  }
};
