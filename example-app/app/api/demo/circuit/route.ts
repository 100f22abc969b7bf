import { circuits } from "next-protego";

const actions = ["open", "halfOpen", "close", "reset"] as const;

/** Steers a circuit by hand. A real app would ask first who wants it. */
export async function POST(request: Request): Promise<Response> {
  const asked = (await request.json()) as { name: string; action: string };
  const action = actions.find((known) => known === asked.action);
  const circuit = circuits.get(asked.name);
  if (!action || !circuit) return Response.json({ problem: "no such circuit or action" }, { status: 404 });
  circuit[action]();
  return Response.json(circuit.snapshot());
}
