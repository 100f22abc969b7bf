import { findCircuitOpenError } from "next-protego";
import { cached } from "../../../cached/load";

export const dynamic = "force-dynamic";

/** What is left of a refusal when it has come through a cached function. */
export async function GET() {
  try {
    return new Response(await cached("/cached"));
  } catch (error) {
    return Response.json({ digest: error.digest, link: findCircuitOpenError(error) !== undefined });
  }
}
