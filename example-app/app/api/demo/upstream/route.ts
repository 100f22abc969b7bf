import { shopUrl } from "../../../../lib/shop.ts";

/** Passes the upstream's new mode on to it. */
export async function PUT(request: Request): Promise<Response> {
  const answer = await fetch(`${shopUrl}/control`, { method: "PUT", body: await request.text() });
  return Response.json(await answer.json(), { status: answer.status });
}
