import { circuits } from "next-protego";

export const loader = () => Response.json(circuits.list().map((circuit) => circuit.snapshot()));
