import { data } from "react-router";
import { isCircuitOpenError } from "next-protego";
import { shopFetch } from "../shop";

export { ErrorBoundary } from "./problem";

export default async function Shelf({ params }: { params: { id: string } }) {
  try {
    const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
    if (!response.ok) throw data("the shop failed", { status: 502 });
    const product = (await response.json()) as { name: string };
    return <h1>{product.name}</h1>;
  } catch (refusal) {
    if (!isCircuitOpenError(refusal)) throw refusal;
    throw data("the shop is down, try again soon", { status: 503 });
  }
}
