import { circuits } from "next-protego";

export const GET = () => Response.json(circuits.list().map((circuit) => circuit.snapshot()));
