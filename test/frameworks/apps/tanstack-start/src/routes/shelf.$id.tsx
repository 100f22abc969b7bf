import { createFileRoute } from "@tanstack/react-router";
import { createServerFn } from "@tanstack/react-start";
import { setResponseHeader, setResponseStatus } from "@tanstack/react-start/server";
import { isCircuitOpenError, retryAfterSeconds } from "next-protego";
import { shopFetch } from "../shop";

const load = createServerFn()
  .validator((id: string) => id)
  .handler(async ({ data: id }) => {
    try {
      const response = await shopFetch(`https://shop.example.com/products/${id}`);
      if (!response.ok) throw new Error("the shop failed");
      return (await response.json()) as { name: string };
    } catch (refusal) {
      if (!isCircuitOpenError(refusal)) throw refusal;
      setResponseStatus(503);
      setResponseHeader("retry-after", String(retryAfterSeconds(refusal)));
      return { name: "the shop is down, try again soon" };
    }
  });

export const Route = createFileRoute("/shelf/$id")({
  loader: ({ params }) => load({ data: params.id }),
  component: () => <h1>{Route.useLoaderData().name}</h1>,
});
