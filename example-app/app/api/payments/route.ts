import { withProtego } from "next-protego";
import { breaker } from "../../../lib/breaker.ts";

/** No upstream here: what fails is the handler itself. */
export const GET = withProtego(async (request) => {
  if (request.nextUrl.searchParams.has("broken")) throw new Error("payments: out of ink");
  return Response.json({ paid: true });
}, breaker);
