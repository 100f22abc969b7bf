import { createProtectedFetch } from "next-protego";
import type { Good } from "../upstream/goods.ts";
import { shopCircuit } from "./shop-circuit.ts";

export interface ShopAnswer {
  /** Counts the calls that reached the shop API: the same number again is the same answer again. */
  readonly answer: number;
  readonly at: string;
  readonly items: readonly Good[];
}

export const shopUrl = process.env.UPSTREAM_URL ?? "http://127.0.0.1:4000";

/** What each of the app's wrappers of the shop API is made with. */
export const shopOptions = { ...shopCircuit, name: "shop-api", timeout: "1.5s" } as const;

/** Instead of `fetch`, wherever the app calls the shop API. */
export const shopFetch = createProtectedFetch(shopOptions);

export async function readShop(response: Response): Promise<ShopAnswer> {
  if (!response.ok) throw new Error(`the shop API answered ${response.status}`);
  return (await response.json()) as ShopAnswer;
}
