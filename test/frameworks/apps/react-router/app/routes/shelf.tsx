import { data } from "react-router";
import { isCircuitOpenError, retryAfterSeconds } from "next-protego";
import { shopFetch } from "../shop";
import type { Route } from "./+types/shelf";

export async function loader({ params }: Route.LoaderArgs) {
  try {
    const response = await shopFetch(`https://shop.example.com/products/${params.id}`);
    if (!response.ok) throw data("the shop failed", { status: 502 });
    return { product: (await response.json()) as { name: string } };
  } catch (refusal) {
    if (!isCircuitOpenError(refusal)) throw refusal;
    const headers = { "retry-after": String(retryAfterSeconds(refusal)) };
    throw data("the shop is down, try again soon", { status: 503, headers });
  }
}

/** Without it the answer of an error page has none of the headers. */
export const headers = ({ errorHeaders }: Route.HeadersArgs) => errorHeaders ?? new Headers();

export const ErrorBoundary = ({ error }: Route.ErrorBoundaryProps) => (
  <p>{(error as { data?: string }).data}</p>
);

export default function Shelf({ loaderData }: Route.ComponentProps) {
  return <h1>{loaderData.product.name}</h1>;
}
