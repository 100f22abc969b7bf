import { withProtego } from "next-protego";
import { cached } from "../../cached/load";

export const dynamic = "force-dynamic";

export const GET = withProtego(async () => new Response(await cached("/cached")));
