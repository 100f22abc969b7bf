import { createFileRoute } from "@tanstack/react-router";
import { circuits } from "next-protego";

export const Route = createFileRoute("/circuits")({
  server: { handlers: { GET: () => Response.json(circuits.list().map((circuit) => circuit.snapshot())) } },
});
