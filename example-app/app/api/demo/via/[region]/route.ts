import { regions } from "../../../../../lib/regions.ts";

interface Context {
  params: Promise<{ region: string }>;
}

/** Passes a visitor's call on to another region, as a load balancer would. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const url = await urlOf(params);
  const path = new URL(request.url).searchParams.get("path") ?? "/";
  if (!url || !path.startsWith("/")) return Response.json({ problem: "no such region" }, { status: 404 });
  const answer = await fetch(url + path, { cache: "no-store" });
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
  return new Response(await answer.text(), { status: answer.status, headers });
}

/** Steers a circuit of another region. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const url = await urlOf(params);
  if (!url) return Response.json({ problem: "no such region" }, { status: 404 });
  return fetch(`${url}/api/demo/circuit`, { method: "POST", body: await request.text() });
}

async function urlOf(params: Context["params"]): Promise<string | undefined> {
  const { region } = await params;
  return regions.find(({ name }) => name === region)?.url;
}
